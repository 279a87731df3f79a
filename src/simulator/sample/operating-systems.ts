/** The systems of the sample, by the name that people give them. */
export type SampleSystem = '2016' | '2019' | '2022';

export interface SystemFacts {
  readonly build: number;
  /** Update id and title of the product category. */
  readonly product: string;
  readonly productTitle: string;
  /** How titles of updates name the system. */
  readonly longName: string;
  /** `Release` of .NET Framework 4: as setup leaves it, but 4.8 on 2016, for which alone updates are still made. */
  readonly dotnetRelease: number;
}

export const SYSTEMS: Readonly<Record<SampleSystem, SystemFacts>> = {
  '2016': {
    build: 14393,
    product: '569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5',
    productTitle: 'Windows Server 2016',
    longName: 'Windows Server 2016',
    dotnetRelease: 528049,
  },
  '2019': {
    build: 17763,
    product: 'f702a48c-919b-45d6-9aef-ca4248d50397',
    productTitle: 'Windows Server 2019',
    longName: 'Windows Server 2019',
    dotnetRelease: 461814,
  },
  '2022': {
    build: 20348,
    product: '71718f13-7324-4b0f-8f9e-2ca9dc978e53',
    productTitle: 'Microsoft Server operating system-21H2',
    longName: 'Microsoft server operating system version 21H2',
    dotnetRelease: 528449,
  },
};

export const SYSTEM_NAMES: readonly SampleSystem[] = ['2016', '2019', '2022'];
