// pytest on Pyodide in Node: node run.mjs RUNTIME PACKAGES CHECKOUT [pytest's arguments]. Its exit status is pytest's.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, packages, checkout, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${runtime}/`, env: { HOME: "/home", PYTHONWARNDEFAULTENCODING: "1", ...environment() } });
python.unpackArchive(new Uint8Array(readFileSync(packages)), "zip", { extractDir: python.runPython("import site; site.getsitepackages()[0]") });
python.FS.mkdirTree("/checkout");
python.FS.mount(python.FS.filesystems.NODEFS, { root: checkout }, "/checkout");
const run = python.runPython(`
import os, sys
import pytest

class NoProcesses:
    """A test that comes to need a process is skipped."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self):
        try:
            return (yield)
        except OSError as error:
            if "does not support processes" in str(error):
                pytest.skip("there are no processes")
            raise

def run(arguments):
    os.chdir("/checkout")
    print(sys.version)
    return int(pytest.main(arguments.to_py(), plugins=[NoProcesses()]))

run
`);
process.exit(run(args));

function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("HYPOTHESIS_")));
}
