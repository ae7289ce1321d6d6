#!/usr/bin/env bash
# What a machine needs before dotnet runs: functions, for the scripts beside this file to source. Run by itself it installs all that they would: tools/setup.sh, or tools/setup.sh --nvrtc with
# NVIDIA's compiler, which pip brings into .cache/nvrtc (as GPUTENSOR_NVRTC=pip does for one command).

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

# move_libraries FROM TO: NVRTC's files, the builtins first: another process must never see half a library.
move_libraries() {
  find "$1" -name 'libnvrtc*builtins*.so*' -exec mv -f {} "$2/" \;
  find "$1" -name 'libnvrtc.so*' -exec mv -f {} "$2/" \;
}

# NVIDIA's compiler, where GPUTENSOR_NVRTC=pip asks for it: pip's wheels, of the versions that the tests are held with, into FOLDER (.cache/nvrtc). Then the variable is unset, since that folder is looked at.
need_nvrtc() {
  [ "${GPUTENSOR_NVRTC:-}" = pip ] || return 0
  local folder=${1:-$root/.cache/nvrtc} wheels=() unpacked pip status=0
  unset GPUTENSOR_NVRTC
  [ -e "$folder/libnvrtc.so.13" ] || wheels+=('nvidia-cuda-nvrtc==13.0.*')
  [ -e "$folder/libnvrtc.so.12" ] || wheels+=('nvidia-cuda-nvrtc-cu12==12.9.*')
  [ ${#wheels[@]} = 0 ] && return 0
  if python3 -m pip --version >/dev/null 2>&1; then pip='python3 -m pip'
  elif command -v pip3 >/dev/null; then pip=pip3
  elif command -v pip >/dev/null; then pip=pip
  else
    say "NVIDIA's compiler needs pip: sudo apt-get install -y python3-pip, or name a folder that holds libnvrtc.so.13 in GPUTENSOR_NVRTC"
    return 1
  fi
  unpacked=$(mktemp -d)
  for wheel in "${wheels[@]}"; do
    say "installing $wheel to $folder"
    if PIP_ROOT_USER_ACTION=ignore $pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --target "$unpacked/$wheel" "$wheel" >&2; then
      mkdir -p "$folder"
      move_libraries "$unpacked/$wheel" "$folder"
    else
      say "pip could not install $wheel"
      status=1
    fi
  done
  rm -rf "$unpacked"
  return $status
}

need_dotnet() {
  command -v dotnet >/dev/null && return 0
  say "the .NET SDK 10 is needed: https://learn.microsoft.com/dotnet/core/install/linux"
  exit 127
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -uo pipefail
  case ${1:-} in
    '') ;;
    --nvrtc) GPUTENSOR_NVRTC=pip ;;
    *) say "there is no $1: tools/setup.sh [--nvrtc]"; exit 2 ;;
  esac
  # Each says what it could not do.
  failed=0
  for part in dotnet device fashion_mnist native_compiler nvrtc; do "need_$part" || failed=1; done
  exit $failed
fi
