#!/usr/bin/env bash
# Installs what is missing for one level of work, and nothing else. The Makefile calls it; a second call only looks.
#
#   wasm_build/setup.sh build    the compiler of core.wasm, and the npm packages, one of which deflates it
#   wasm_build/setup.sh demo     build: the npm packages serve the page too
#   wasm_build/setup.sh check    build, and the formatter of the C sources
#   wasm_build/setup.sh test     check, the native twin, the other engines, the browser, PyTorch, other people's bundlers and sites
#   wasm_build/setup.sh hosts    test, Docusaurus, the widget manager of Jupyter, and the front end of marimo
#   wasm_build/setup.sh bench    build, and what to compare with: PyTorch, SciPy, and the npm packages of tests/bench
#
# Each need is stated as a command that succeeds when it is met, so a machine may meet it in its own way; only what
# fails is installed from Debian. Without apt-get the missing needs are printed and the script stops with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."

level=${1:-}
missing=() # Debian packages
reasons=() # what each of them is for

# need PACKAGE "what it is for" COMMAND...: COMMAND must succeed, or PACKAGE is missing.
need() {
  local package=$1 reason=$2
  shift 2
  if ! "$@" >/dev/null 2>&1; then
    missing+=("$package")
    reasons+=("$reason")
  fi
}

on_path() { command -v "$1"; }
has_header() { echo "#include <$1>" | clang -E -o /dev/null -x c -; }
has_sanitizers() { echo 'int main(void) { return 0; }' | clang -fsanitize=address,undefined,fuzzer-no-link -x c -o /dev/null -; }
has_font() { [ -n "$(find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-}/.fonts" -name '*.[ot]tf' -print -quit)" ]; }
# A normal user's PATH on Debian lacks ldconfig's folder.
has_library() { [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p) == *"$1"* ]]; }
has_theme() { /usr/bin/python3 -c "from mkdocs.utils import get_theme_names as names; assert '$1' in names()"; }
has_python_module() { /usr/bin/python3 -c "import importlib.util as u; assert u.find_spec('$1')"; }

need_build() {
  need emscripten 'emcc, any version from 3.1.6' on_path emcc
}

need_check() {
  need_build
  need clang-format 'clang-format 14' on_path clang-format
}

need_torch() {
  need python3-torch 'PyTorch for /usr/bin/python3' has_python_module torch
  need python3-numpy 'NumPy for /usr/bin/python3' has_python_module numpy
  # Without it Debian's PyTorch falls back to the reference BLAS, fifteen times slower: no fair peer to time against.
  need libopenblas0-pthread 'an optimised BLAS for PyTorch' has_library libopenblas
}

need_test() {
  need_check
  need clang 'clang, for the native twin' on_path clang
  need lld 'wasm-ld' on_path wasm-ld
  need libclang-rt-14-dev 'the sanitizers and libFuzzer of clang' has_sanitizers
  need llvm 'llvm-symbolizer, for readable sanitizer reports' on_path llvm-symbolizer
  need libsimde-dev 'simde/wasm/simd128.h' has_header simde/wasm/simd128.h
  need libjavascriptcoregtk-4.0-bin 'jsc, the shell of JavaScriptCore' on_path jsc
  need libmozjs-102-dev 'js102, the shell of SpiderMonkey' on_path js102
  need chromium 'chromium, for the tests in a real browser' on_path chromium
  need mkdocs-material 'MkDocs Material, a host of the element' has_theme material
  need python3-sphinx 'Sphinx for /usr/bin/python3, a host of the element' has_python_module sphinx
  need python3-nbconvert 'nbconvert for /usr/bin/python3, a host of the element' has_python_module nbconvert
  need fonts-dejavu-core 'any font, for the screenshots of chromium' has_font
  need_torch
}

need_hosts() {
  need_test
  need python3-notebook 'Jupyter Notebook for /usr/bin/python3, a host of the element' has_python_module notebook
  need python3-ipykernel 'the kernel of its notebooks' has_python_module ipykernel
}

need_scipy() {
  need python3-scipy 'SciPy for /usr/bin/python3' has_python_module scipy
}

npm_folders=() # where `npm ci` has to have run
look() {
  missing=()
  reasons=()
  npm_folders=()
  case $level in
    build) need_build; npm_folders=(.) ;;
    demo) need_build; npm_folders=(.) ;;
    check) need_check; npm_folders=(.) ;;
    test) need_test; npm_folders=(. tests/hosts) ;;
    hosts) need_hosts; npm_folders=(. tests/hosts tests/hosts/docusaurus tests/hosts/widgets) ;;
    bench) need_build; need_torch; need_scipy; npm_folders=(. tests/bench) ;;
    *)
      echo "setup.sh: got level '$level'; allowed: build, demo, check, test, hosts, bench" >&2
      exit 2
      ;;
  esac
}

stop_for_missing() {
  echo "setup.sh: $1" >&2
  for i in "${!missing[@]}"; do
    echo "  ${reasons[$i]} (Debian package ${missing[$i]})" >&2
  done
  exit 1
}

install_packages() {
  if ! command -v apt-get >/dev/null; then
    stop_for_missing 'no apt-get here, so install these yourself and run make again:'
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "setup.sh: neither root nor sudo; ask an administrator to run: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing from Debian: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
}

check_node() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo none)
  if [ "$major" = none ] || [ "$major" -lt 20 ]; then
    echo "setup.sh: got node $major; Moonflow needs Node.js 20 or newer (https://nodejs.org)" >&2
    exit 1
  fi
}

# npm writes node_modules/.package-lock.json last, so its age is the age of a whole installation.
install_node_modules() {
  local folder=$1
  local installed=$folder/node_modules/.package-lock.json
  if [ -e "$installed" ] && [ ! "$folder/package-lock.json" -nt "$installed" ]; then
    return
  fi
  if ! command -v npm >/dev/null; then
    echo "setup.sh: npm is missing; install it beside Node.js and run make again" >&2
    exit 1
  fi
  if [ -L "$folder/node_modules" ]; then
    echo "setup.sh: $folder/node_modules is a link, and npm ci would empty the folder behind it; remove the link" >&2
    exit 1
  fi
  echo "Installing the npm packages of $folder/package-lock.json"
  (cd "$folder" && npm ci --loglevel=error)
}

# The front end of marimo names packages of its workspace, so npm cannot install it; what it serves needs none of them.
install_marimo() {
  local version=0.24.2
  local sha512=f6a8cb382267d37a26532053a62e1a98df12a38e480c01a6d6553a5ec427de2b980dcbf315cc057a5b36e9ad08fe2cd6d30646dcc6d886775519400110b35353
  local folder=wasm_build/marimo
  if [ -e "$folder/package.json" ] && grep -q "\"version\": \"$version\"" "$folder/package.json"; then return; fi
  echo "Installing @marimo-team/frontend $version"
  rm -rf "$folder"
  mkdir -p "$folder"
  npm pack "@marimo-team/frontend@$version" --pack-destination "$folder" --silent >/dev/null
  sha512sum --quiet --check <<<"$sha512  $folder/marimo-team-frontend-$version.tgz"
  tar -xzf "$folder/marimo-team-frontend-$version.tgz" -C "$folder" --strip-components=1 package/dist package/package.json
  rm "$folder/marimo-team-frontend-$version.tgz"
}

check_node
look
if [ ${#missing[@]} -gt 0 ]; then
  install_packages
  look
  if [ ${#missing[@]} -gt 0 ]; then stop_for_missing 'these were installed and still do not work:'; fi
fi
for folder in "${npm_folders[@]}"; do install_node_modules "$folder"; done
if [ "$level" = hosts ]; then install_marimo; fi
