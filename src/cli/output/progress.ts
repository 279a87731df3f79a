import type { CliIo } from '#cli/io.ts';
import { duration, many } from '#cli/output/amounts.ts';

/** What a person who waits is told on stderr, from the second second on. */
export interface Progress {
  /** What is going on now. */
  say(text: string): void;
  /** A count towards a total, with rate and time left. */
  count(done: number, total: number, unit: string): void;
  end(): void;
}

const PATIENCE_MS = 1000;
const TERMINAL_MS = 250;
const FILE_MS = 10_000;

/** Starts to watch. On a terminal one line is rewritten; elsewhere a line comes every ten seconds. */
export function startProgress(io: CliIo, first: string): Progress {
  const { stderr, now = () => performance.now() } = io;
  const began = now();
  let text = first;
  let written = false;
  const write = (): void => {
    const seconds = (now() - began) / 1000;
    stderr.write(stderr.isTTY ? `\r\x1b[2K${text} (${duration(seconds)})` : `${text} (${duration(seconds)})\n`);
    written = true;
  };
  let timer = setTimeout(function tick() {
    write();
    timer = setTimeout(tick, stderr.isTTY ? TERMINAL_MS : FILE_MS);
  }, PATIENCE_MS);
  return {
    say(now) {
      text = now;
    },
    count(done, total, unit) {
      text = countLine(done, total, unit, (now() - began) / 1000);
    },
    end() {
      clearTimeout(timer);
      if (written && stderr.isTTY) stderr.write('\r\x1b[2K');
    },
  };
}

/** `1200 of 5000 documents, 400/s, 10 s left`. */
export function countLine(done: number, total: number, unit: string, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const speed = rate > 0 ? `, ${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : '';
  const left = rate > 0 && done < total ? `, ${duration((total - done) / rate)} left` : '';
  return `${done} of ${many(total, unit)}${speed}${left}`;
}
