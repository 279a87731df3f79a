import { setTimeout as after } from 'node:timers/promises';
import { type Call, command } from '#cli/command.ts';
import { connect, type Service } from '#cli/service.ts';
import { type Run, runText } from '#cli/upstream/text.ts';
import { showUpstream, startPull } from '#contract/endpoints/upstream.ts';
import { CodedError } from '#contract/errors.ts';

const LOOK_EVERY_MS = 500;

/** Starts a pull and follows it; Ctrl-C ends the following only. */
export const upstreamPull = command({
  name: 'upstream pull',
  group: 'Catalogue and policy',
  summary: 'Pull from an upstream now, and follow it until it ends.',
  more:
    'A pull goes on where an earlier one ended. Ctrl-C stops following it, not the pull: `upstream stop` does. When one is under way ' +
    'already, that one is followed.',
  positionals: { name: { value: 'NAME', description: 'the name of the upstream' } },
  options: {
    again: { type: 'boolean', description: 'list everything anew, and ask for what is in quarantine once more' },
    'no-wait': { type: 'boolean', description: 'only start it' },
  },
  async run({ args, options, io, progress }) {
    const { signal, ...unhurried } = io; // a question under way is finished before the following stops
    const service = connect(unhurried);
    const begun = await begin(service, args.name, options.again);
    const run = await follow(service, args.name, { signal, progress }, options['no-wait'] ? 'once' : 'to the end');
    return { upstream: args.name, ...begun, run };
  },
  failed: ({ run }) => !['done', 'running'].includes(run.outcome),
  show({ upstream, joined, run }, page) {
    const lines = [
      ...(joined ? ['A pull was under way already; this is how it stands.'] : []),
      runText(run, page),
      ...(run.outcome === 'running'
        ? [`It goes on in the service: upstream status ${upstream}, upstream stop ${upstream}`]
        : []),
    ];
    return lines.join('\n');
  },
});

/** Starts a pull, or joins the one that is under way. */
async function begin(service: Service, upstream: string, again: boolean): Promise<{ readonly joined: boolean }> {
  try {
    await service.call(startPull, { params: { upstream }, body: { again } });
    return { joined: false };
  } catch (error) {
    if (error instanceof CodedError && error.code === 'upstream.busy' && !again) return { joined: true };
    throw error;
  }
}

async function follow(
  service: Service,
  upstream: string,
  { signal, progress }: { readonly signal: AbortSignal | undefined; readonly progress: Call['progress'] },
  until: 'once' | 'to the end',
): Promise<Run> {
  for (;;) {
    const { run } = await service.call(showUpstream, { params: { upstream } });
    if (!run) throw new CodedError('not-found', `"${upstream}" has had no pull.`);
    if (run.outcome !== 'running' || until === 'once' || signal?.aborted) return run;
    if (run.note !== undefined) progress.say(run.note);
    else if (run.listed === 0) progress.say(run.phase === 'connect' ? 'connecting' : `listing ${run.phase}`);
    else progress.count(run.done, run.listed, 'revision');
    await after(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
