import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import { planProfile } from '../agent/profiles.ts';
import { createVirtualServer } from '../agent/virtual-server.ts';
import { createFleet } from '../fleet/fleet.ts';
import { bundleDocuments } from '../sample/bundle.ts';
import { type DocumentFacts, writeDocument } from '../sample/document.ts';
import { SAMPLE_PUBLISHER, syntheticId } from '../sample/identity.ts';
import { SYSTEMS } from '../sample/operating-systems.ts';
import { payloadBytes, type SamplePayload, samplePayload } from '../sample/payload.ts';
import { TRUE } from '../sample/rules.ts';
import { sampleCatalogue } from '../sample/sample-catalogue.ts';
import { sampleServer } from '../sample/sample-server.ts';
import { whyOf } from './ask-why.ts';
import { type DemoService, demoService } from './demo-service.ts';
import { startServiceProcess } from './service-process.ts';

// A document that a real WSUS sent; not part of the project.
const documents = join(sharedFolder() ?? '', 'data/update-metadata/docs');
const skip = existsSync(documents) ? false : 'no folder of real data (ST_SHARED)';

const REAL_PART = '266f6222-c89d-43f2-9f8a-69340271e677';
const PARENT = syntheticId('parent of a real document');
const PATCH_TUESDAY = Temporal.Instant.from('2026-10-13T17:00:00Z');
const ZONE = 'Europe/London';
const DEFENDER = 'hklm\\software\\microsoft\\windows defender';

it('a real document is held, offered, installed and reported on one server, and why says so each time', {
  skip,
}, async () => {
  const process = await startServiceProcess(PATCH_TUESDAY.add({ hours: 1 }));
  const service = demoService(process);
  try {
    const server = await importAndEnrol(service);
    const fleet = createFleet([server], { moveClock: service.moveClock });
    const why = () => whyOf(service, server.identity.dnsName, PARENT);

    await fleet.runUntil(Temporal.Instant.from('2026-10-14T12:00:00Z'));
    const before = await why();
    assert.equal(before.offered, false);
    assert.equal(before.answers.flatMap(({ reasons }) => reasons)[0]?.code, 'release.not-yet');
    assert.equal(before.reported.state, 'needed');
    assert.equal(before.told, undefined);

    await fleet.runUntil(Temporal.Instant.from('2026-10-24T23:00:00Z'));
    const during = await why();
    assert.equal(during.offered, true);
    assert.equal(during.phase, 'lead');
    assert.equal(during.deadline, undefined);
    assert.equal(during.reported.state, 'downloaded');
    assert.ok(during.told !== undefined);
    assert.deepEqual(fleet.installs(), []);

    await fleet.runUntil(Temporal.Instant.from('2026-10-25T12:00:00Z'));
    const after = await why();
    assert.equal(after.reported.state, 'installed');
    assert.match(after.headline, /^Installed/);
    const [install] = fleet.installs();
    assert.equal(install?.updateId, PARENT);
    // The night on which summer time ends: 02:00 comes once, after 01:00 came twice.
    assert.equal(install?.startedAt.toString(), '2026-10-25T02:00:00Z');
  } finally {
    service.http.close();
    await process.stop();
  }
});

/** Imports the document with what it needs, and brings up a server of a customer with the default plan. */
async function importAndEnrol(service: DemoService) {
  const file = samplePayload('am_delta.exe');
  const needed = sampleCatalogue({ from: '2023-10', to: '2023-10' }).documents.filter(
    ({ published }) => published < '2023',
  );
  const own = [...missingPrerequisites(), parentOfRealPart()].map((facts) => ({
    name: facts.updateId,
    xml: writeDocument(facts),
  }));
  const [parent] = own.splice(-1);
  assert.ok(parent);
  const { skipped } = await service.api.call(importDocuments, {
    body: {
      source: 'test',
      documents: [...needed.map(({ name, xml }) => ({ name, xml })), ...own, realPart(file), parent],
    },
  });
  assert.deepEqual(skipped, []);
  await service.upload(file.sha1, payloadBytes(file.name));
  const { token } = await service.api.call(addCustomer, { body: { name: 'Contoso', zone: ZONE, plan: 'default' } });
  const clientId = syntheticId('first server');
  const machine = sampleServer('2019');
  // What the real rules ask for: Defender takes whole deltas, and says where its signatures are.
  machine.registry.set(`${DEFENDER}\\miscellaneous configuration\\disabledeltapatch`, 1);
  machine.registry.set(`${DEFENDER}\\signature updates\\signaturelocation`, 'c:\\programdata\\signatures');
  const wuServer = `${service.wuServer}/${token}`;
  return createVirtualServer({
    identity: { clientId, dnsName: 'first.contoso.example', zone: ZONE },
    policy: planProfile(makePlan({ name: 'default' }), wuServer, clientId),
    machine,
    http: service.http,
    start: PATCH_TUESDAY.add({ hours: 2 }),
  });
}

/** The real document; only its file is one that we have. */
function realPart(file: SamplePayload): { readonly name: string; readonly xml: string } {
  const name = readdirSync(documents).find((found) => found.startsWith(REAL_PART));
  assert.ok(name);
  const xml = readFileSync(join(documents, name), 'utf8')
    .replace(/(<upd:File Digest=")[^"]*(".*? Size=")[^"]*/, `$1${file.digests.sha1}$2${file.size}`)
    .replace(/(<upd:AdditionalDigest[^>]*>)[^<]*/, `$1${file.digests.sha256}`);
  return { name, xml };
}

/** The real document names detectoids that are not at hand. */
function missingPrerequisites(): readonly DocumentFacts[] {
  return [
    'be4048db-157c-4532-9582-7f05099590c9',
    '59653007-e2e9-4f71-8525-2ff588527978',
    '0aac58ee-82a0-4452-a7fa-19f68398f1fa',
  ].map((updateId) => ({
    updateId,
    revisionNumber: 1,
    updateType: 'Detectoid',
    publisher: SAMPLE_PUBLISHER,
    published: '2021-08-18T17:00:00Z',
    texts: [{ language: 'en', title: 'A detectoid (synthetic)' }],
    rules: { isInstalled: TRUE },
  }));
}

/** The real document is a part that nobody approves by itself; this is the update that brings it. */
function parentOfRealPart(): DocumentFacts {
  const [parent] = bundleDocuments({
    updateId: PARENT,
    published: PATCH_TUESDAY.toString(),
    kb: '9000900',
    severity: 'Critical',
    classification: 'Security Updates',
    products: [SYSTEMS['2019'].product],
    detectoids: [],
    texts: [{ language: 'en', title: '2026-10 Security Update for Windows Server 2019 (KB9000900) (synthetic)' }],
    parts: [],
  });
  assert.ok(parent);
  return { ...parent, bundles: [[{ updateId: REAL_PART, revisionNumber: 200 }]] };
}
