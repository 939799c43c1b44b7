import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url

from app import create_cli_app
from app.settings import RELEASES, Settings

ROOT = Path(__file__).parents[3]
SETTINGS = {setting.metadata["name"] for setting in fields(Settings)}
SECRETS = {"MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD"}
# What the containers have their own word for: DATABASE_URL is made of the MYSQL_* parts, the
# release lies in the image, and which host port reaches the server is said by `ports`.
FIXED = {"DATABASE_URL", "SEED_DIR", "HOST", "PORT"}
PARTS = {"MYSQL_HOST", "MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:?[?-][^}]*)?\}")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def documented():
    """Name to value of every line of .env.example, the # taken off."""
    lines = re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(lines) == len(dict(lines)), "a name stands twice"
    return dict(lines)


def interpolated():
    """(name, what follows it) of every variable in the compose file's values."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / "docker-compose.yml").read_text(), flags=re.MULTILINE)
    return [(name, rest or "") for name, rest in VARIABLE.findall(text)]


def test_the_sandbox_alone_waits_for_its_profile(services):
    profiles = {name: service.get("profiles", []) for name, service in services.items()}

    assert {"mysql": [], "seed": [], "api": [], "worker": [], "sandbox": ["sandbox"]} == profiles


def test_the_services_start_in_the_order_of_their_conditions(services):
    conditions = {
        name: {other: needed["condition"] for other, needed in service["depends_on"].items()}
        for name, service in services.items()
        if "depends_on" in service
    }

    assert {
        "seed": {"mysql": "service_healthy"},
        "api": {"mysql": "service_healthy", "seed": "service_completed_successfully"},
        "worker": {"mysql": "service_healthy", "seed": "service_completed_successfully"},
        "sandbox": {"api": "service_started"},
    } == conditions


def test_the_database_counts_as_healthy_once_the_services_own_login_works_over_tcp(services):
    kind, command = services["mysql"]["healthcheck"]["test"]

    assert "CMD-SHELL" == kind
    assert "--host=127.0.0.1" in command
    assert {"MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE"} == set(
        re.findall(r"\$\$(MYSQL_[A-Z]+)", command)
    )
    assert [] == VARIABLE.findall(command)


def test_the_api_is_healthy_once_it_is_ready(services):
    test = services["api"]["healthcheck"]["test"]

    assert ["CMD", "python", "docker/healthcheck.py", "/health/ready"] == test


@pytest.mark.parametrize("service", ["seed", "worker", "sandbox"])
def test_a_job_that_serves_nothing_has_no_health_check(services, service):
    assert services[service]["healthcheck"]["disable"]


def test_the_services_that_last_are_started_again(services):
    restarts = {name: service.get("restart", "no") for name, service in services.items()}

    lasting = dict.fromkeys(("mysql", "api", "worker"), "unless-stopped")
    assert lasting | {"seed": "no", "sandbox": "no"} == restarts


def test_the_data_lies_in_a_volume_that_is_declared(compose, services):
    assert ["mysql-data:/var/lib/mysql"] == services["mysql"]["volumes"]
    assert {"mysql-data", "releases"} == set(compose["volumes"])


def test_what_is_downloaded_lies_in_a_volume_where_the_command_keeps_it(services):
    (folder,) = re.findall(r"^WORKDIR (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1:]

    assert [f"releases:{folder}/{RELEASES}"] == services["seed"]["volumes"]


def test_the_api_alone_is_published_and_on_loopback(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert {"api": ["127.0.0.1:8000:8000"]} == published


def test_the_sandbox_is_reached_over_the_loopback_address_of_the_api(services, documented):
    assert "service:api" == services["sandbox"]["network_mode"]
    assert ["${SANDBOX_RELEASE:-./data}:/release:ro"] == services["sandbox"]["volumes"]
    assert ["sandbox", "--release", "/release"] == services["sandbox"]["command"]
    assert (ROOT / documented["SANDBOX_RELEASE"] / "Skills.txt").is_file()


@pytest.fixture(scope="module")
def own(services):
    return [services[name] for name in ("seed", "api", "worker", "sandbox")]


def test_the_own_services_run_one_image_without_privileges(own):
    assert [("skillgap", ".", ["ALL"], ["no-new-privileges:true"])] * 4 == [
        (each["image"], each["build"], each["cap_drop"], each["security_opt"]) for each in own
    ]


def test_the_own_services_write_to_tmp_and_their_volumes_alone(own):
    assert [(True, ["/tmp"])] * 4 == [(each["read_only"], each["tmpfs"]) for each in own]


def test_the_commands_are_known_to_the_entry_point(services):
    commands = {
        name: service["command"][0] for name, service in services.items() if "command" in service
    }

    assert {"seed": "seed", "api": "serve", "worker": "worker", "sandbox": "sandbox"} == commands
    assert set(commands.values()) <= set(create_cli_app().cli.commands)


def test_every_variable_is_documented(documented):
    assert set() == {name for name, _ in interpolated()} - set(documented)


def test_every_setting_is_passed_on_under_its_own_name(services):
    environment = services["api"]["environment"]

    for name in SETTINGS & set(environment):
        assert [name] == [variable for variable, _ in VARIABLE.findall(environment[name])]


def test_no_password_has_a_default():
    defaults = {name: rest[:2] for name, rest in interpolated() if name in SECRETS}

    assert dict.fromkeys(SECRETS, ":?") == defaults


def test_no_password_stands_in_the_file(services):
    values = {
        (name, value)
        for service in services.values()
        for name, value in service.get("environment", {}).items()
        if re.search("PASSWORD|KEY|TOKEN", name)
    }

    assert SECRETS | {"ONET_API_KEY", "ONET_API_PASSWORD", "ADMIN_TOKEN"} == {
        name for name, _ in values
    }
    assert all(re.fullmatch(rf"\$\{{{name}:(\?.+|-)\}}", value) for name, value in values)


@pytest.mark.parametrize("service", ["seed", "api", "worker"])
def test_every_setting_reaches_the_service_or_is_fixed(services, service):
    assert SETTINGS - FIXED | PARTS == set(services[service]["environment"])


def test_the_service_logs_in_as_the_account_that_the_database_makes(services):
    shared = ("MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD")
    database, api = services["mysql"]["environment"], services["api"]["environment"]

    assert [database[name] for name in shared] == [api[name] for name in shared]
    assert "mysql" == api["MYSQL_HOST"]


def test_the_example_names_every_setting_and_what_the_compose_file_takes(documented):
    assert SETTINGS | SECRETS | {"SANDBOX_RELEASE"} == set(documented)


def test_the_example_gives_the_defaults(documented):
    given = Settings.from_environment({name: documented[name] for name in SETTINGS})

    assert Settings() == given


def test_the_example_changes_nothing_as_it_stands():
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert [] == [line for line in lines if line and not line.startswith("#")]


def test_the_databases_url_of_the_example_is_one_that_the_settings_take():
    (url,) = re.findall(r"mysql\+mysqldb://\S+", (ROOT / ".env.example").read_text())

    taken = Settings.from_environment({"DATABASE_URL": url.replace("PASSWORD", "p%40ss")})
    assert "p@ss" == taken.database_url.password
    assert make_url(url).query == {"charset": "utf8mb4"}
