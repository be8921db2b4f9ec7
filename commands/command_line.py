"""The `hotline` command line: all commands and groups of commands, each listed once."""

from __future__ import annotations

from commands.base.command_group import Commands
from commands.hosting import (
    backup_commands,
    check_command,
    drill_command,
    init_command,
    other_keys_commands,
    panic_commands,
    restore_drill_command,
    serve_commands,
)
from commands.records import (
    duty_commands,
    export_command,
    privacy_commands,
    prompt_commands,
    roster_commands,
    surge_commands,
    token_commands,
    user_commands,
)
from commands.showcase import demo_command, simulator_commands

hotline = Commands("hotline", help="An emergency legal hotline: no caller is lost.")
for _command in (
    backup_commands.back_up,
    backup_commands.restore,
    check_command.check,
    drill_command.drill,
    restore_drill_command.restore_drill,
    init_command.init,
    other_keys_commands.keys,
    panic_commands.panic,
    serve_commands.serve,
    serve_commands.worker,
    serve_commands.setup,
    prompt_commands.voices_group,
    duty_commands.who,
    duty_commands.gaps,
    export_command.export,
    privacy_commands.purge_now,
    prompt_commands.prompts_group,
    privacy_commands.show_holdings,
    roster_commands.migrate,
    roster_commands.import_roster,
    surge_commands.surge,
    surge_commands.blocks,
    prompt_commands.tree,
    token_commands.token,
    user_commands.user,
    user_commands.audit_log,
    *simulator_commands.COMMANDS,
    demo_command.demo,
):
    hotline.add_command(_command)
