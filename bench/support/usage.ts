import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in /proc; the same on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of processor that a process has used so far. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0;
}

/**
 * Seconds of processor of a process, its children, and what its ended and awaited children used: PostgreSQL is a process for each
 * connection.
 */
export function cpuSecondsOfTree(root: number): number {
  const own = statOf(root);
  const ended = own ? (Number(own[13]) + Number(own[14])) / TICKS : 0;
  return ended + [root, ...childrenOf(root)].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

/** The most memory that a process has had resident so far, in bytes. */
export function peakResident(pid: number): number {
  return kibibytes(`/proc/${pid}/status`, 'VmHWM');
}

/** Memory of a process and its children now, in bytes: what several share is counted once, in shares. */
function proportionalOfTree(root: number): number {
  return [root, ...childrenOf(root)].reduce((sum, pid) => sum + kibibytes(`/proc/${pid}/smaps_rollup`, 'Pss'), 0);
}

/** Watches what service and database need together; `peak` is in bytes. */
export function watchMemory(service: { readonly pid: number; readonly postgresPid: number }): {
  peak(): { readonly service: number; readonly postgres: number; readonly together: number };
  stop(): void;
} {
  let postgres = 0;
  let together = 0;
  const look = (): void => {
    const database = proportionalOfTree(service.postgresPid);
    postgres = Math.max(postgres, database);
    together = Math.max(together, database + kibibytes(`/proc/${service.pid}/smaps_rollup`, 'Pss'));
  };
  const timer = setInterval(look, 1_000);
  look();
  return {
    peak() {
      look();
      return { service: peakResident(service.pid), postgres, together };
    },
    stop: () => clearInterval(timer),
  };
}

/** The fields of /proc/PID/stat behind the name; undefined for a process that is gone. */
function statOf(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => Number(statOf(pid)?.[1]) === parent);
}

function kibibytes(file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(file))?.[1] ?? 0) * 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
