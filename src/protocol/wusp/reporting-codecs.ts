import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { always, type Codec, list, mapped, optional, record, required } from '#protocol/xml/codec.ts';
import { dateTime, guid, hresult, int, text } from '#protocol/xml/scalars.ts';
import { CLIENT_ID, IDENTITY, shortText } from './elements.ts';
import type { BasicData, DetailedVersion, ExtendedData, ReportingEvent } from './types.ts';

// Events are read with patience: an agent keeps a batch that was refused, and a refused one would block it for good.

const MAX_EVENTS = 10_000;
const MAX_STRINGS = 1024;
/** The status event's lists: 37 characters for each update. */
const MAX_STRING = 4 * 1024 * 1024;

const NIL_GUID = '00000000-0000-0000-0000-000000000000';
const NOTHING: UpdateIdentity = { updateId: NIL_GUID, revisionNumber: 0 };

/** Identity of zeros ↔ absent. */
const identityOrNone = mapped<UpdateIdentity, UpdateIdentity | undefined>(
  IDENTITY,
  (identity) => (identity.updateId === NIL_GUID ? undefined : identity),
  (identity) => identity ?? NOTHING,
);

/** An item that is `xsi:nil` keeps its place: replacement strings count by position. */
const strings = list('string', text(MAX_STRING), MAX_STRINGS, '');

const target = mapped<{ readonly sid: string }, string>(
  record<{ readonly sid: string }>({ sid: required('Sid', CLIENT_ID) }),
  ({ sid }) => sid,
  (sid) => ({ sid }),
);

const BASIC_DATA: Codec<BasicData> = record<BasicData>({
  sid: required('TargetID', target),
  sequenceNumber: required('SequenceNumber', int),
  timeAtTarget: required('TimeAtTarget', dateTime),
  eventInstanceId: required('EventInstanceID', guid),
  namespaceId: required('NamespaceID', int),
  eventId: required('EventID', int),
  sourceId: required('SourceID', int),
  update: always('UpdateID', identityOrNone),
  win32HResult: required('Win32HResult', hresult, 'Win32Hresult'),
  appName: optional('AppName', shortText),
});

const OS_VERSION: Codec<DetailedVersion> = record<DetailedVersion>({
  major: required('Major', int),
  minor: required('Minor', int),
  build: required('Build', int),
  revision: required('Revision', int),
  servicePackMajor: required('ServicePackMajor', int),
  servicePackMinor: required('ServicePackMinor', int),
});

const EXTENDED_DATA: Codec<ExtendedData> = record<ExtendedData>({
  replacementStrings: optional('ReplacementStrings', strings),
  miscData: optional('MiscData', strings),
  computerBrand: optional('ComputerBrand', shortText),
  computerModel: optional('ComputerModel', shortText),
  biosRevision: optional('BiosRevision', shortText),
  processorArchitecture: optional('ProcessorArchitecture', shortText),
  osVersion: optional('OSVersion', OS_VERSION),
  osLocaleId: optional('OSLocaleID', int),
  deviceId: optional('DeviceID', shortText),
});

/** The array of events in a report. */
export const EVENT_BATCH = list(
  'ReportingEvent',
  record<ReportingEvent>({
    basicData: required('BasicData', BASIC_DATA),
    extendedData: optional('ExtendedData', EXTENDED_DATA),
    privateData: optional(
      'PrivateData',
      record<NonNullable<ReportingEvent['privateData']>>({
        computerDnsName: optional('ComputerDnsName', shortText),
        userAccountName: optional('UserAccountName', shortText),
      }),
    ),
  }),
  MAX_EVENTS,
);
