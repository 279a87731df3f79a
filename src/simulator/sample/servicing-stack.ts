import { bundleDocuments } from './bundle.ts';
import { systemDetectoid } from './detectoids.ts';
import type { DocumentFacts } from './document.ts';
import { SAMPLE_UPDATES, type SampleUpdate } from './facts.ts';
import { CBS_HANDLER } from './handlers.ts';
import { publisherOf } from './identity.ts';
import { type SampleSystem, SYSTEMS } from './operating-systems.ts';
import { CBS_INSTALLABLE, CBS_INSTALLED, packageMetadata, type ServicingPackage } from './rules.ts';

const STACKS = SAMPLE_UPDATES.filter((update) => update.kind === 'servicing-stack');

/**
 * The servicing stack that a cumulative update of this instant needs: the newest one that was out by then, where a system has
 * separate ones (2016 has; later systems carry theirs inside the cumulative update).
 */
export function neededStack(os: SampleSystem, published: string): ServicingPackage | undefined {
  const stack = STACKS.findLast((update) => update.os === os && update.published <= published);
  return stack && stackPackage(stack);
}

/** Servicing stack updates: no restart, cannot be removed. */
export function servicingStackDocuments(): readonly DocumentFacts[] {
  return STACKS.flatMap((stack, index) => {
    const predecessor = STACKS[index - 1];
    return bundleDocuments({
      updateId: stack.updateId,
      publisher: publisherOf(stack),
      published: stack.published,
      kb: stack.kb,
      ...(stack.severity === undefined ? {} : { severity: stack.severity }),
      classification: stack.classification,
      products: [SYSTEMS[stack.os].product],
      detectoids: [systemDetectoid(stack.os)],
      supersedes: predecessor === undefined ? [] : [predecessor.updateId],
      texts: [
        { language: 'en', title: stack.title, description: 'The component that installs Windows updates.' },
        { language: 'de', title: stack.title, description: 'Die Komponente, die Windows-Updates installiert.' },
      ],
      parts: [
        {
          fileNames: stack.files,
          reboot: 'NeverReboots',
          impact: 'RequiresExclusiveHandling',
          rules: {
            isInstalled: CBS_INSTALLED,
            isInstallable: CBS_INSTALLABLE,
            metadata: packageMetadata(stackPackage(stack), stack.kb, 'none'),
          },
          handler: CBS_HANDLER,
        },
      ],
    });
  });
}

/** What a servicing stack update installs; its version is a stand-in made of year and month. */
export function stackPackage({ os, published }: SampleUpdate): ServicingPackage {
  const yearMonth = published.slice(2, 7).replace('-', '');
  return { name: 'Package_for_ServicingStack', version: `${SYSTEMS[os].build}.${yearMonth}.1.0` };
}
