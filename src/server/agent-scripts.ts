import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentScripts } from '#domain/windows/bootstrap.ts';

const FOLDER = join(import.meta.dirname, '..', 'agent');

/** The PowerShell of the Windows side, with line feeds whatever the checkout has. */
export function agentScripts(): AgentScripts {
  return {
    enrol: read('enrol.ps1'),
    installTask: read('install-task.ps1'),
    settingsTask: read('settings-task.ps1'),
    optOut: read('opt-out.ps1'),
  };
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8').replaceAll('\r\n', '\n');
}
