import { bigCatalogue } from '#simulator/sample/big-catalogue.ts';
import { startTestUpstream } from '#simulator/upstream/test-upstream.ts';
import type { UpstreamMessage, UpstreamOrder } from './upstream-process.ts';

/** How many revisions of the big catalogue are served by now. */
let served = 0;
const upstream = await startTestUpstream({ forgetful: true });

process.on('message', ({ serve }: UpstreamOrder) => {
  upstream.catalogue.add(bigCatalogue(serve).drop(served));
  served = serve;
  tell({ url: upstream.url, served });
});
process.once('disconnect', () => void upstream.close());
tell({ url: upstream.url, served });

function tell(message: UpstreamMessage): void {
  process.send?.(message);
}
