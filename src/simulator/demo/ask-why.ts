import type { EndpointResult } from '#contract/endpoint.ts';
import { why } from '#contract/endpoints/decision.ts';
import type { DemoService } from './demo-service.ts';
import type { AskWhy } from './settlement.ts';

export type WhyAnswer = EndpointResult<typeof why>;

/** Asks the service why a server is, or is not, offered an update. `server`: DNS name. */
export function whyOf({ api }: DemoService, server: string, update: string): Promise<WhyAnswer> {
  return api.call(why, { params: { server, update } });
}

/** The answer in a sentence, without the pointer to the other reasons. */
export function headlineOf({ headline }: Pick<WhyAnswer, 'headline'>): string {
  return headline.replace(/ \(\d+ more below\)/, '');
}

/** What holds an update until somebody acts, or other servers have shown something; time alone does not lift it. */
const LASTING = /^(mode|approval|licence|payload|wave|order|readiness)\.|^catalogue\.(declined|expired)$/;

/** Accepts as an excuse what somebody decided, and what the server's agent reported as failed. */
export function askWhy(service: DemoService): AskWhy {
  return async (server, { updateId }) => {
    const answer = await whyOf(service, server, updateId);
    const { headline, reported } = answer;
    const lasting = answer.answers.flatMap(({ reasons }) => reasons).find(({ code }) => LASTING.test(code));
    if (lasting !== undefined) return { headline, excuse: { code: lasting.code, text: lasting.text } };
    if (reported.state !== 'failed') return { headline };
    return { headline, excuse: { code: reported.result ?? 'failed', text: reported.meaning ?? headline } };
  };
}
