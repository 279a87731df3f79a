import { createPool } from '#server/store/pool.ts';
import { startClientService } from '#server/testing/client-service.ts';
import type { ServiceMessage, ServiceProcessSettings } from '#server/testing/service-process.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

const { database, requestTimeout } = JSON.parse(process.argv[2] ?? '') as ServiceProcessSettings;
const pool = createPool(database, () => {});
const { documents } = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 });
const service = await startClientService(pool, { documents, requestTimeout });
const { token } = await service.addCustomer(1);

process.on('message', () => {
  globalThis.gc?.();
  tell({ memory: process.memoryUsage.rss() });
});
process.once('disconnect', () => void service.close().then(() => pool.end()));
tell({ url: service.url, token });

function tell(message: ServiceMessage): void {
  process.send?.(message);
}
