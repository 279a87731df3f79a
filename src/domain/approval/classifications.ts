import type { UpdateId } from '#domain/catalogue/revision.ts';

/** A classification as Microsoft's catalogue knows it: update id of the category, and its English title. */
export interface Classification {
  readonly id: UpdateId;
  readonly title: string;
}

/** Update ids of the classifications, which are the same in every catalogue. */
export const CLASSIFICATION = {
  security: '0fa1201d-4330-4fa8-8ae9-b877473b6441',
  critical: 'e6cf1350-c01b-414d-a61f-263d14d133b4',
  definition: 'e0789628-ce08-4437-be74-2495b842f43b',
  rollup: '28bc880e-0592-4cbf-8f95-c79b17911d5f',
  update: 'cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83',
  servicePack: '68c5b0a3-d1a6-4553-ae49-01d3a7827828',
  featurePack: 'b54e7d24-7add-428f-8b75-90a396fa584f',
  tool: 'b4832bd8-e735-4761-8daf-37f882276dab',
  driver: 'ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0',
  driverSet: '77835c8d-62a7-41f5-82ad-f28d1af1e3b1',
  upgrade: '3689bdc8-b205-4af4-8d4a-a63924c5e9d5',
  application: '5c9376ab-8ce6-464a-b136-22113dd69801',
  connector: '434de588-ed14-48f5-8eed-a15e09a991f6',
  developerKit: 'e140075d-8433-45c3-ad87-e72345b36078',
  guidance: '9511d615-35b2-47bb-927f-f73d8e9260bb',
  wsusInfrastructure: '051f8713-e600-4bee-b7b7-690d43c78948',
} as const satisfies Readonly<Record<string, UpdateId>>;

/** Every known classification with its title, by which policies name it. */
export const CLASSIFICATIONS: readonly Classification[] = [
  { id: CLASSIFICATION.security, title: 'Security Updates' },
  { id: CLASSIFICATION.critical, title: 'Critical Updates' },
  { id: CLASSIFICATION.definition, title: 'Definition Updates' },
  { id: CLASSIFICATION.rollup, title: 'Update Rollups' },
  { id: CLASSIFICATION.update, title: 'Updates' },
  { id: CLASSIFICATION.servicePack, title: 'Service Packs' },
  { id: CLASSIFICATION.featurePack, title: 'Feature Packs' },
  { id: CLASSIFICATION.tool, title: 'Tools' },
  { id: CLASSIFICATION.driver, title: 'Drivers' },
  { id: CLASSIFICATION.driverSet, title: 'Driver Sets' },
  { id: CLASSIFICATION.upgrade, title: 'Upgrades' },
  { id: CLASSIFICATION.application, title: 'Applications' },
  { id: CLASSIFICATION.connector, title: 'Connectors' },
  { id: CLASSIFICATION.developerKit, title: 'Developer Kits' },
  { id: CLASSIFICATION.guidance, title: 'Guidance' },
  { id: CLASSIFICATION.wsusInfrastructure, title: 'WSUS Infrastructure Updates' },
];
