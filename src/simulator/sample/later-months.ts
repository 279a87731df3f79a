import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { SampleUpdate } from './facts.ts';
import { syntheticId } from './identity.ts';
import { SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';

/** What a month of a system's made-up line adds to the last real build. */
const REVISION = { '2016': [6529, 55], '2019': [5206, 78], '2022': [2159, 89] } as const;

/** Months, from 1, in which .NET gets an update; as rare as in the real year. */
const DOTNET_MONTHS = [1, 2, 4, 7, 8, 10];

/** Months in which 2016 gets a servicing stack of its own. */
const STACK_MONTHS = [2, 5, 8, 11];

/** The made-up year that follows the real months: the same kinds of updates, on its own Patch Tuesdays. Oldest first. */
export function laterUpdates(): readonly SampleUpdate[] {
  return Array.from({ length: 12 }, (_, index) => index + 1).flatMap(monthOf);
}

function monthOf(month: number): readonly SampleUpdate[] {
  const name = `2024-${String(month).padStart(2, '0')}`;
  const published = cycleStart(name).toString();
  const common = { published, classification: 'Security Updates', severity: 'Critical', madeUp: true } as const;
  return SYSTEM_NAMES.flatMap((os, place) => {
    const kb = (line: number) => String(9_001_000 + month * 10 + place + line * 200);
    const title = (what: string, number: string) =>
      `${name} ${what} for ${SYSTEMS[os].longName} for x64-based Systems (KB${number}) (synthetic)`;
    const [revision, step] = REVISION[os];
    const updates: SampleUpdate[] = [
      {
        ...common,
        os,
        kind: 'cumulative',
        updateId: syntheticId(`cumulative update ${name} ${os}`),
        kb: kb(0),
        title: title('Cumulative Update', kb(0)),
        osRevision: revision + month * step,
        files: [`windows10.0-kb${kb(0)}-x64.cab`],
      },
    ];
    if (DOTNET_MONTHS.includes(month)) {
      updates.push({
        ...common,
        os,
        kind: 'dotnet',
        updateId: syntheticId(`dotnet update ${name} ${os}`),
        kb: kb(1),
        title: title('Cumulative Update for .NET Framework', kb(1)),
        severity: 'Important',
        files: [`Windows10.0-KB${kb(1)}-x64.cab`, `Windows10.0-KB${kb(1)}-x64-NDP48.cab`],
      });
    }
    if (os === '2016' && STACK_MONTHS.includes(month)) {
      updates.push({
        ...common,
        os,
        kind: 'servicing-stack',
        updateId: syntheticId(`servicing stack ${name} ${os}`),
        kb: kb(2),
        title: title('Servicing Stack Update', kb(2)),
        files: [`windows10.0-kb${kb(2)}-x64.cab`],
      });
    }
    return updates;
  });
}
