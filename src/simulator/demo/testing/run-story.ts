import { makeScenario, type ScenarioOptions } from '../scenario.ts';
import { type ServiceProcess, startServiceProcess } from '../service-process.ts';
import { type StoryResult, tellStory } from '../story.ts';
import { type DisturbedService, disturbedService, type Kill } from './disturbed-service.ts';

export interface StoryRun extends StoryResult {
  readonly service: DisturbedService;
  readonly process: ServiceProcess;
  /** What was told. */
  readonly told: readonly string[];
}

/**
 * Tells the story of a scenario with a service of its own, which is killed on the way. The service has ended afterwards, its data
 * directory is still there; `check` looks at both, then it is removed.
 */
export async function runStory(
  options: ScenarioOptions,
  kills: readonly Kill[],
  check: (run: StoryRun) => void | Promise<void>,
): Promise<void> {
  const scenario = makeScenario(options);
  const process = await startServiceProcess(scenario.from);
  const service = disturbedService(process, kills);
  try {
    const told: string[] = [];
    const result = await tellStory(scenario, service, { say: (_, text) => told.push(text) });
    await process.stop({ keep: true });
    await check({ ...result, service, process, told });
  } finally {
    service.http.close();
    await process.stop();
  }
}
