import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '#contract/errors.ts';
import { readRequest } from '#protocol/wusp/read-request.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import { decompress } from '#protocol/xpress/xpress.ts';
import type { HttpAnswer, HttpClient } from '../../agent/http-client.ts';
import { type DemoService, demoService } from '../demo-service.ts';
import type { ServiceProcess } from '../service-process.ts';

type HttpRequest = Parameters<HttpClient['send']>[1];

/** When something is killed with SIGKILL: as its clients' nth request goes out. */
export interface Kill {
  readonly what: 'service' | 'database';
  readonly atRequest: number;
}

export interface DisturbedService extends DemoService {
  /** `EventInstanceID`s of all reports that were acknowledged with `true`, in lower case. */
  readonly acknowledged: ReadonlySet<string>;
  /** How many requests its clients sent so far. */
  requests(): number;
  /** How often it was started again. */
  restarts(): number;
}

/** A service that is killed at some of its clients' requests, and started again before its clock moves on. */
export function disturbedService(process: ServiceProcess, kills: readonly Kill[]): DisturbedService {
  const service = demoService(process);
  const acknowledged = new Set<string>();
  let requests = 0;
  let restarts = 0;
  let killing: Promise<void> | undefined;

  async function send(url: string, request: HttpRequest): Promise<HttpAnswer> {
    requests++;
    const kill = kills.find(({ atRequest }) => atRequest === requests);
    const answering = service.http.send(url, request);
    if (kill !== undefined) killing = kill.what === 'service' ? process.kill9() : process.kill9Database();
    const answer = await answering;
    for (const id of acknowledgedEvents(request, answer)) acknowledged.add(id);
    return answer;
  }

  async function moveClock(to: Temporal.Instant): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      if (killing !== undefined) {
        await killing;
        killing = undefined;
        restarts++;
        await process.restart();
      }
      try {
        return await service.moveClock(to);
      } catch (error) {
        if (!(error instanceof CodedError) || error.code.startsWith('clock.') || attempts > 100) throw error;
        await sleep(50);
      }
    }
  }

  return {
    ...service,
    http: { send, close: () => service.http.close() },
    moveClock,
    acknowledged,
    requests: () => requests,
    restarts: () => restarts,
  };
}

const MOST_BYTES = 16 * 1024 * 1024;

function acknowledgedEvents({ body, headers }: HttpRequest, answer: HttpAnswer): readonly string[] {
  if (!answer.ok || body === undefined || !headers.SOAPAction?.includes('ReportEventBatch')) return [];
  const request = readRequest(Buffer.from(body));
  const plain = answer.headers['content-encoding'] === 'xpress' ? decompress(answer.body, MOST_BYTES) : undefined;
  const response = readResponse('ReportEventBatch', plain?.ok === true ? plain.bytes : answer.body);
  if (!request.ok || request.request.operation !== 'ReportEventBatch') throw new Error('an unreadable report was sent');
  if (!response.ok || !response.response.accepted) return [];
  return request.request.eventBatch.map(({ basicData }) => basicData.eventInstanceId.toLowerCase());
}
