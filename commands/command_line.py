"""The `hotline` command line: all commands and groups of commands, each listed once."""

from __future__ import annotations

from importlib import import_module

import click

from commands.base.command_group import Commands

_PLACES = {
    "audit": "records.user_commands.audit_log",
    "backup": "hosting.backup_commands.back_up",
    "blocks": "records.surge_commands.blocks",
    "call": "showcase.simulator_commands.call",
    "carrier": "showcase.simulator_commands.carrier",
    "check": "hosting.check_command.check",
    "demo": "showcase.demo_command.demo",
    "drill": "hosting.drill_command.drill",
    "export": "records.export_command.export",
    "gaps": "records.duty_commands.gaps",
    "holdings": "records.privacy_commands.show_holdings",
    "import": "records.roster_commands.import_roster",
    "init": "hosting.init_command.init",
    "keys": "hosting.other_keys_commands.keys",
    "migrate": "records.roster_commands.migrate",
    "panic": "hosting.panic_commands.panic",
    "plan": "records.plan_command.plan",
    "prompts": "records.prompt_commands.prompts_group",
    "purge": "records.privacy_commands.purge_now",
    "rehearse": "showcase.rehearse_command.rehearse",
    "restore": "hosting.backup_commands.restore",
    "restore-drill": "hosting.restore_drill_command.restore_drill",
    "serve": "hosting.serve_commands.serve",
    "setup": "hosting.serve_commands.setup",
    "surge": "records.surge_commands.surge",
    "token": "records.token_commands.token",
    "tree": "records.prompt_commands.tree",
    "user": "records.user_commands.user",
    "voices": "records.prompt_commands.voices_group",
    "who": "records.duty_commands.who",
    "worker": "hosting.serve_commands.worker",
}
"""In which room, module and function each is, by its name."""


class _LoadedWhenUsed(Commands):
    """A web process or worker that starts after a crash loads no other command than its own."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(_PLACES)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in _PLACES:
            return None
        room, module, function = _PLACES[cmd_name].split(".")
        found: click.Command = getattr(import_module(f"commands.{room}.{module}"), function)
        return found


hotline = _LoadedWhenUsed("hotline", help="An emergency legal hotline: no caller is lost.")
