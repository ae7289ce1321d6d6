# Functions of the scripts beside this file: what a machine needs before dotnet runs. Source it; nothing here runs by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf 'gputensor: %s\n' "$*" >&2; }

# The command that may install packages: nothing for root, sudo where it asks no password. Fails where neither may.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 126
  fi
}

may_install() { command -v apt-get >/dev/null && as_root true; }

have_package() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# install_packages WHY PACKAGE...: installs what is missing of Debian's packages, or says what to run. Returns 1 where it could not.
install_packages() {
  local why=$1 missing=() package
  shift
  command -v dpkg-query >/dev/null || return 1
  for package in "$@"; do have_package "$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return 0
  if ! may_install; then
    say "$why needs ${missing[*]}; run: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]} ($why)"
  as_root apt-get update -qq >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 && return 0
  say "apt-get could not install ${missing[*]}"
  return 1
}

have_gpu() { [ -e /dev/nvidiactl ] || [ -e /dev/kfd ] || ls /etc/OpenCL/vendors/*.icd 2>/dev/null | grep -qvi pocl; }

# A device to compute on: a GPU's driver, or PoCL, which compiles OpenCL for the CPU. Without either everything still runs, slowly, on the reference.
need_device() {
  have_gpu || install_packages "OpenCL on the CPU" pocl-opencl-icd ocl-icd-libopencl1 || say "continuing without OpenCL: 'gputensor devices' says what is missing"
}

# The 70,000 images; without the package the program downloads them and checks their sums.
need_fashion_mnist() {
  [ -e /usr/share/datasets/fashion-mnist ] || install_packages "Fashion-MNIST" dataset-fashion-mnist || true
}

# What links the CUDA simulator, a native library.
need_native_compiler() {
  { command -v gcc || command -v clang; } >/dev/null && [ -e /usr/include/zlib.h ] || install_packages "the CUDA simulator" gcc libc6-dev zlib1g-dev
}

need_dotnet() {
  command -v dotnet >/dev/null && return 0
  say "the .NET SDK 10 is needed: https://learn.microsoft.com/dotnet/core/install/linux"
  exit 127
}
