#!/usr/bin/env python3
"""Set Easel up and start it, or test it, with nothing but Python itself.

    python3 run.py [--host HOST] [--port PORT] [--no-browser]
    python3 run.py test [--python PYTHON] [arguments for pytest]
    python3 run.py setup [--python PYTHON]

What it makes lies in `.venv` and `var` beside this file. Packages are installed again
only when a lock file or the Python version has changed. Only the standard library is
used, and only syntax that an old Python can read, so that it can say it is too old.
"""

import argparse
import errno
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"
# Installs the API clients that the tests drive; a copy without tests goes without.
CLIENTS = ROOT / "tests" / "clients" / "environments.py"
OLDEST = (3, 11)
# What each set installs. The test set repeats the run set at the same versions.
SETS = {"run": ["run.txt"], "test": ["run.txt", "test.txt"]}


class SetupError(Exception):
    """Easel cannot start; the text is a plain sentence for the person who asked."""


def main(arguments: "list[str]") -> int:
    """Do what the command line says and return the exit code."""
    commands = {"test": run_tests, "setup": set_up_only}
    try:
        check_version(sys.version_info[:2])
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return serve(arguments)
    except SetupError as exc:
        print(exc, file=sys.stderr)
        return 1
    except OSError as exc:
        print(f"Easel could not be set up. {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
        return 130


# The three commands


def serve(arguments: "list[str]") -> int:
    """Set up what running needs, then become the server."""
    options = read_options(arguments)
    check_address(options.host, options.port)
    data_dir = make_data_dir(os.environ.get("EASEL_DATA_DIR") or str(ROOT / "var"))
    python = set_up("run", sys.executable)
    command = [str(python), "manage.py", "serve"]
    command += ["--host", options.host, "--port", str(options.port)]
    if options.no_browser:
        command.append("--no-browser")
    return hand_over(command, dict(os.environ, EASEL_DATA_DIR=str(data_dir)))


def run_tests(arguments: "list[str]") -> int:
    """Set up what testing needs, then become pytest, on two processes by default."""
    chosen, arguments = take_python(arguments)
    python = set_up_tests(chosen)
    spread = [] if "-n" in arguments or "--pdb" in arguments else ["-n", "3"]
    command = [str(python), "-m", "pytest"] + spread + arguments
    return hand_over(command, dict(os.environ))


def set_up_only(arguments: "list[str]") -> int:
    """Install what the tests need, which holds what running needs, and stop."""
    chosen, rest = take_python(arguments)
    if rest:
        raise SetupError(f"setup does not know the argument {rest[0]}.")
    set_up_tests(chosen)
    return 0


def set_up_tests(chosen: str) -> Path:
    """Install the test set and the API clients, whose absence skips their tests."""
    python = set_up("test", chosen)
    if CLIENTS.exists():
        subprocess.call([str(python), str(CLIENTS)], cwd=str(ROOT))
    return python


def hand_over(command: "list[str]", environment: "dict[str, str]") -> int:
    """Let the command take this process's place; where that cannot be, wait for it."""
    sys.stdout.flush()
    os.chdir(str(ROOT))
    if os.name == "posix":
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)


# What the person asked for


def read_options(arguments: "list[str]") -> argparse.Namespace:
    """The server's options, from the command line or else from HOST and PORT."""
    parser = argparse.ArgumentParser(
        description="Set Easel up and start it. `run.py test` runs its tests."
    )
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (default: 8000)")
    parser.add_argument(
        "--no-browser", action="store_true", help="do not open the sign-in link"
    )
    options = parser.parse_args(arguments)
    options.host = options.host or os.environ.get("HOST") or "127.0.0.1"
    options.port = port_number(options.port or os.environ.get("PORT") or "8000")
    return options


def port_number(text: str) -> int:
    """The port that the text names; 0 lets the system choose a free one."""
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise SetupError(f"{text} is not a port; give a number from 1 to 65535.")


def take_python(arguments: "list[str]") -> "tuple[str, list[str]]":
    """Split off `--python PYTHON`; everything else belongs to pytest."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--python", default=sys.executable)
    options, rest = parser.parse_known_args(arguments)
    return options.python, rest


# What is checked before anything is made


def check_version(version: "tuple[int, ...]") -> None:
    """Refuse a Python that is too old, naming a newer one where there is one."""
    if version >= OLDEST:
        return
    text = "Easel needs Python 3.11 or newer; this is Python {}.{}.".format(*version)
    names = [f"python3.{minor}" for minor in range(14, 10, -1)]
    newer = [name for name in names if quietly([name, "-c", ""])]
    if newer:
        text += f" There is a newer one here: {newer[0]} run.py"
    raise SetupError(text)


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before a long installation."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError:
        raise SetupError(f"{host} is not an address of this machine.") from None
    family, kind, _, _, address = found[0]
    with socket.socket(family, kind) as listener:
        if os.name == "posix":
            # As the server does: a port whose last user has just left is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as exc:
            raise SetupError(address_problem(host, port, exc)) from None


def address_problem(host: str, port: int, exc: OSError) -> str:
    """The sentence for an address that could not be taken."""
    if exc.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} on {host} is in use. Stop the other program or choose another"
            f" port: python3 run.py --port {other}"
        )
    if exc.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    if exc.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose one above 1023."
    return f"Easel cannot listen on {host}, port {port}: {exc.strerror}."


def make_data_dir(text: str) -> Path:
    """Make the data folder, readable by its owner only, and return its full path."""
    path = Path(text).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise SetupError(
            f"The data folder {path} cannot be made: {exc.strerror}."
        ) from None
    if not os.access(str(path), os.W_OK | os.X_OK):
        raise SetupError(f"The data folder {path} is not writable for this user.")
    return path


# The virtual environment


def set_up(name: str, chosen: str) -> Path:
    """Have the set installed for the chosen Python; return the Python to run with."""
    found = shutil.which(chosen)
    if not found:
        raise SetupError(f"There is no Python named {chosen} here.")
    interpreter = os.path.abspath(found)
    version = version_of(interpreter)
    check_version(version)
    own = version == sys.version_info[:2]
    venv = ROOT / (".venv" if own else ".venv-{}.{}".format(*version))
    if not (is_installed(venv, name, version) and venv_python(venv).exists()):
        install(name, venv, interpreter, version)
    return venv_python(venv)


def version_of(interpreter: str) -> "tuple[int, ...]":
    """The interpreter's (major, minor) version."""
    if interpreter == sys.executable:
        return sys.version_info[:2]
    question = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        answer = subprocess.check_output([interpreter, "-c", question])
        major, minor = answer.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.CalledProcessError):
        raise SetupError(f"{interpreter} is not a Python that works.") from None


def venv_python(venv: Path) -> Path:
    """Where a virtual environment keeps its Python."""
    if os.name == "posix":
        return venv / "bin" / "python"
    return venv / "Scripts" / "python.exe"


def make_venv(venv: Path, interpreter: str, version: "tuple[int, ...]") -> None:
    """Make the virtual environment, unless there is a working one already."""
    probe = f"import pip, sys; sys.exit(sys.version_info[:2] != {version})"
    python = str(venv_python(venv))
    if os.path.exists(python) and quietly([python, "-c", probe]):
        return
    if not quietly([interpreter, "-c", "import venv, ensurepip"]):
        package = "python{}.{}-venv".format(*version)
        raise SetupError(
            "This Python cannot make virtual environments; on Debian and Ubuntu"
            f" install what is missing with: apt install {package}"
        )
    print(f"Making a virtual environment in {venv.name} ...", flush=True)
    if not quietly([interpreter, "-m", "venv", "--clear", str(venv)]):
        raise SetupError(f"The virtual environment {venv} could not be made.")


# The packages


def install(
    name: str, venv: Path, interpreter: str, version: "tuple[int, ...]"
) -> None:
    """Install the set and stamp it; a failure leaves no stamp of it behind."""
    when = "its list has changed" if stamp_file(venv, name).exists() else "first time"
    forget_old_stamps(venv, version)
    make_venv(venv, interpreter, version)
    print(f"Installing what Easel needs to {name} ({when}) ...", flush=True)
    log = venv / "easel-install.log"
    if not install_packages(name, venv_python(venv), log):
        raise SetupError(
            "The packages that Easel needs could not be installed; is this machine"
            f" online? What the installer said is in {log}"
        )
    write_stamps(venv, name, version)


def install_packages(name: str, python: Path, log: Path) -> bool:
    """Install with uv, which takes seconds, or else with pip, which takes a minute."""
    locks = ["--require-hashes"] + [f"--requirement={LOCKS / x}" for x in SETS[name]]
    # One retry and no question: a machine that is offline must hear of it soon.
    pip = [str(python), "-m", "pip", "install", "-q", "--no-input", "--retries=1"]
    pip.append("--disable-pip-version-check")
    uv = [str(python), "-m", "uv", "pip", "install", "-q", "--python", str(python)]
    log.write_text("")
    get_uv = pip + ["--require-hashes", f"--requirement={LOCKS / 'uv.txt'}"]
    if quietly(get_uv, log) and quietly(uv + locks, log):
        return True
    return quietly(pip + locks, log)


def quietly(command: "list[str]", log: "Path | None" = None) -> bool:
    """Run the command without a word on the screen; tell whether it went well."""
    environment = dict(os.environ)
    # uv does not read pip's variables; whoever set a package index meant it for both.
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    with open(str(log or os.devnull), "ab") as output:
        try:
            code = subprocess.call(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=str(ROOT),
            )
        except OSError:
            return False
    return code == 0


# The stamps: what is installed in a virtual environment


def stamp_of(name: str, version: "tuple[int, ...]") -> str:
    """A digest of everything that decides what the set installs."""
    digest = hashlib.sha256("Python {}.{}".format(*version).encode())
    for lock in SETS[name]:
        digest.update((LOCKS / lock).read_bytes())
    return digest.hexdigest()


def stamp_file(venv: Path, name: str) -> Path:
    """Inside the environment, so that deleting the one deletes the other."""
    return venv / f"easel-{name}.stamp"


def is_installed(venv: Path, name: str, version: "tuple[int, ...]") -> bool:
    """Whether exactly this set was installed, to the end."""
    path = stamp_file(venv, name)
    return path.exists() and path.read_text() == stamp_of(name, version)


def write_stamps(venv: Path, name: str, version: "tuple[int, ...]") -> None:
    """Note that the set, and every set that it holds, is installed."""
    for other, locks in SETS.items():
        if set(locks) <= set(SETS[name]):
            stamp_file(venv, other).write_text(stamp_of(other, version))


def forget_old_stamps(venv: Path, version: "tuple[int, ...]") -> None:
    """Before other versions come in, drop every stamp that does not fit them."""
    for name in SETS:
        if not is_installed(venv, name, version):
            stamp_file(venv, name).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
