import { demoService } from './demo-service.ts';
import { closingText, eventText, titleText } from './report.ts';
import { makeScenario } from './scenario.ts';
import { startServiceProcess } from './service-process.ts';
import { tellStory } from './story.ts';

export interface DemoOptions {
  readonly servers: number;
  /** Prints the result as JSON instead of the story. */
  readonly json?: boolean;
  readonly seed?: string;
  /** Leaves the data directory, and says where it is. */
  readonly keep?: boolean;
}

/** Where text goes. */
interface Writer {
  write(text: string): unknown;
}

export interface DemoOutput {
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Aborts when the person wants an end. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the demonstration: a service of its own in a temporary data directory, virtual servers against it, the story on standard
 * output. Resolves with the exit status: 1 when a rule was broken. Nothing is left running.
 */
export async function runDemo(options: DemoOptions, { stdout, stderr, signal }: DemoOutput): Promise<number> {
  const { servers, json = false, seed = 'second tuesday', keep = false } = options;
  const scenario = makeScenario({ servers, seed });
  const print = (text: string): void => void (json ? stderr : stdout).write(`${text}\n`);
  print(titleText(scenario));
  const running = await startServiceProcess(scenario.from);
  try {
    const service = demoService(running);
    try {
      const say = (at: Temporal.Instant, text: string) => print(eventText(at, text));
      const result = await tellStory(scenario, service, { say, ...(signal ? { signal } : {}) });
      print(closingText(result));
      if (json) stdout.write(`${JSON.stringify(jsonResult(result))}\n`);
      return result.settlement.violations.length === 0 ? 0 : 1;
    } finally {
      service.http.close();
    }
  } finally {
    await running.stop({ keep });
    if (keep) stderr.write(`The data directory is ${running.dataDir}\n`);
  }
}

function jsonResult({ table, settlement }: Awaited<ReturnType<typeof tellStory>>) {
  const { due, installed, excused, violations } = settlement;
  const named = (update: { readonly updateId: string } | undefined) => ({ updateId: update?.updateId });
  return {
    clock: 'simulated',
    table,
    due,
    installed,
    excused: excused.map(({ update, ...rest }) => ({ ...rest, ...named(update) })),
    violations: violations.map(({ update, ...rest }) => ({ ...rest, ...named(update) })),
  };
}
