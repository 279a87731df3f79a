/** An error of the Windows Update Agent, explained. */
export interface Explained {
  /** As logs and search engines know it, e.g. `WU_E_PT_HTTP_STATUS_NOT_FOUND`. */
  readonly name: string;
  readonly meaning: string;
  readonly advice: string;
}

/** What to do, for the codes that share an answer. */
const ADVICE = {
  again: 'Nothing to do; the agent tries again at its next scan.',
  agent: 'Restart the service wuauserv on the server; if it comes again, rename its SoftwareDistribution folder.',
  proxy: 'See the proxy of the machine account (netsh winhttp show proxy) and the way to the address in WUServer.',
  service: "Open the address in WUServer from the server, and see this service's log at that time.",
  token: 'See that WUServer is exactly the address that was given for this customer, enrolment token included.',
  trust:
    'Put the root certificate of this service among the trusted root authorities of the machine, and see its clock.',
  content:
    'See that the payload is held here, or that the server reaches its address at Microsoft; then let it scan again.',
  metadata: 'Look at the update under its id; import its metadata again from a source that you trust.',
  installer: 'See the log of the installer, for cumulative updates CBS.log, at the time of the failure.',
  stack: 'Run DISM /Online /Cleanup-Image /RestoreHealth, then let the server scan again.',
  restart: 'Restart the server; the agent goes on afterwards.',
  space: 'Make room on the system drive; a cumulative update wants 10 GB or more.',
  licence: 'Accept the licence terms of the update here; the next scan takes it along.',
  setting: 'See the Windows Update policy of the server, and whether a domain policy overwrites it.',
  other: 'Look the code up with the WindowsUpdate log (Get-WindowsUpdateLog) of that time.',
} as const;

type Row = readonly [code: number, name: string, meaning: string, advice: keyof typeof ADVICE];

const TABLE: readonly Row[] = [
  [0x00240005, 'WU_S_REBOOT_REQUIRED', 'It is installed; a restart completes it', 'restart'],
  [0x00240006, 'WU_S_ALREADY_INSTALLED', 'It was installed already', 'again'],
  [0x80004005, 'E_FAIL', 'The agent named no reason', 'other'],
  [0x80070002, 'ERROR_FILE_NOT_FOUND', 'A file that the installation needs is missing', 'stack'],
  [0x80070003, 'ERROR_PATH_NOT_FOUND', 'A folder that the installation needs is missing', 'stack'],
  [0x80070005, 'E_ACCESSDENIED', 'The agent was denied access', 'installer'],
  [0x8007000d, 'ERROR_INVALID_DATA', 'Data in the component store or the payload is damaged', 'stack'],
  [0x8007000e, 'E_OUTOFMEMORY', 'The server ran out of memory; very many updates in one scan do that too', 'agent'],
  [0x80070020, 'ERROR_SHARING_VIOLATION', 'A file was held open by another program', 'restart'],
  [0x80070070, 'ERROR_DISK_FULL', 'There is not enough room on the drive', 'space'],
  [0x80070422, 'ERROR_SERVICE_DISABLED', 'A service that updates need is disabled', 'setting'],
  [0x80070490, 'ERROR_NOT_FOUND', 'The component store lacks something that the update builds on', 'stack'],
  [0x800705b4, 'ERROR_TIMEOUT', 'The installation took longer than allowed', 'installer'],
  [0x80070643, 'ERROR_INSTALL_FAILURE', 'The installer reported a fatal error', 'installer'],
  [0x80070bc2, 'ERROR_SUCCESS_REBOOT_REQUIRED', 'It is installed; a restart completes it', 'restart'],
  [0x80070bc9, 'ERROR_FAIL_REBOOT_REQUIRED', 'It failed, and the server must restart before another try', 'restart'],
  [
    0x800b0109,
    'CERT_E_UNTRUSTEDROOT',
    'The certificate comes from an authority that the server does not trust',
    'trust',
  ],
  [0x800f081f, 'CBS_E_SOURCE_MISSING', 'The component store lacks files that the update builds on', 'stack'],
  [0x800f0821, 'CBS_E_ABORT', 'Servicing was aborted, often because it ran too long', 'installer'],
  [0x800f0823, 'CBS_E_NEW_SERVICING_STACK_REQUIRED', 'It needs a newer servicing stack', 'stack'],
  [0x800f0831, 'CBS_E_STORE_CORRUPTION', 'The component store is damaged', 'stack'],
  [
    0x800f0922,
    'CBS_E_INSTALLERS_FAILED',
    'An installer inside the update failed; often the system partition is too small',
    'space',
  ],
  [0x80072ee2, 'WININET_E_TIMEOUT', 'The connection took too long', 'proxy'],
  [0x80072ee7, 'WININET_E_NAME_NOT_RESOLVED', 'The name in the address cannot be resolved', 'proxy'],
  [0x80072efd, 'WININET_E_CANNOT_CONNECT', 'No connection could be made', 'proxy'],
  [0x80072efe, 'WININET_E_CONNECTION_ABORTED', 'The connection was cut', 'proxy'],
  [
    0x80072f8f,
    'WININET_E_DECODING_FAILED',
    'TLS failed: an untrusted or outdated certificate, a wrong clock, or no protocol in common',
    'trust',
  ],
  [0x80240003, 'WU_E_UNKNOWN_ID', 'An update or service id is not known to the agent', 'agent'],
  [0x80240008, 'WU_E_ITEMNOTFOUND', 'The agent did not find an item of its own', 'agent'],
  [0x80240009, 'WU_E_OPERATIONINPROGRESS', 'The agent was busy with something else', 'again'],
  [0x8024000b, 'WU_E_CALL_CANCELLED', 'The operation was cancelled', 'again'],
  [0x8024000d, 'WU_E_XML_MISSINGDATA', 'Something is missing in the metadata', 'metadata'],
  [0x8024000e, 'WU_E_XML_INVALID', 'The metadata does not read', 'metadata'],
  [0x8024000f, 'WU_E_CYCLE_DETECTED', 'The relations of updates go round in a circle', 'metadata'],
  [0x80240010, 'WU_E_TOO_DEEP_RELATION', 'The relations of updates are too deep', 'metadata'],
  [0x80240016, 'WU_E_INSTALL_NOT_ALLOWED', 'Another installation was running, or a restart was pending', 'restart'],
  [0x80240017, 'WU_E_NOT_APPLICABLE', 'It does not apply to this server', 'again'],
  [0x80240019, 'WU_E_EXCLUSIVE_INSTALL_CONFLICT', 'It must be installed alone', 'again'],
  [0x8024001e, 'WU_E_SERVICE_STOP', 'The agent or the server was shutting down', 'again'],
  [0x8024001f, 'WU_E_NO_CONNECTION', 'There was no network', 'proxy'],
  [0x80240022, 'WU_E_ALL_UPDATES_FAILED', 'Every update of the run failed', 'installer'],
  [0x80240023, 'WU_E_EULAS_DECLINED', 'The licence terms were not accepted', 'licence'],
  [0x80240024, 'WU_E_NO_UPDATE', 'There was nothing to install', 'again'],
  [0x8024002e, 'WU_E_WU_DISABLED', 'Access to an unmanaged server is forbidden by policy', 'setting'],
  [0x80240030, 'WU_E_INVALID_PROXY_SERVER', 'The list of proxies is wrong', 'proxy'],
  [0x80240033, 'WU_E_EULA_UNAVAILABLE', 'The licence terms could not be fetched', 'content'],
  [0x80240034, 'WU_E_DOWNLOAD_FAILED', 'A file could not be fetched', 'content'],
  [0x80240438, 'WU_E_PT_ENDPOINT_UNREACHABLE', 'There is no way to the service', 'proxy'],
  [0x80242006, 'WU_E_UH_INVALIDMETADATA', 'The installer found wrong metadata', 'metadata'],
  [0x80242007, 'WU_E_UH_INSTALLERHUNG', 'The installer took longer than allowed and was stopped', 'installer'],
  [0x80242009, 'WU_E_UH_BADHANDLERXML', 'The instructions for the installer do not read', 'metadata'],
  [0x8024200b, 'WU_E_UH_INSTALLERFAILURE', 'The installer failed', 'installer'],
  [0x8024200d, 'WU_E_UH_NEEDANOTHERDOWNLOAD', 'It must be downloaded once more', 'again'],
  [0x80242014, 'WU_E_UH_POSTREBOOTSTILLPENDING', 'A restart is still pending', 'restart'],
  [0x80242015, 'WU_E_UH_POSTREBOOTRESULTUNKNOWN', 'What came of it after the restart is unknown', 'again'],
  [0x80242017, 'WU_E_UH_NEW_SERVICING_STACK_REQUIRED', 'It needs a newer servicing stack', 'stack'],
  [0x80244007, 'WU_E_PT_SOAPCLIENT_SOAPFAULT', 'The service answered with a fault', 'service'],
  [0x8024400a, 'WU_E_PT_SOAPCLIENT_PARSE', 'The answer of the service does not read', 'service'],
  [0x8024400d, 'WU_E_PT_SOAP_CLIENT', 'The service found the request wrong', 'service'],
  [0x8024400e, 'WU_E_PT_SOAP_SERVER', 'The service failed to answer', 'service'],
  [0x80244010, 'WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS', 'One scan needed more calls than a client allows', 'service'],
  [0x80244011, 'WU_E_PT_SUS_SERVER_NOT_SET', 'No update service is set on the server', 'setting'],
  [0x80244015, 'WU_E_PT_REFRESH_CACHE_REQUIRED', 'The agent must refresh its cache', 'again'],
  [
    0x80244017,
    'WU_E_PT_HTTP_STATUS_DENIED',
    'The service, or a proxy on the way, wants another identity (401)',
    'proxy',
  ],
  [0x80244018, 'WU_E_PT_HTTP_STATUS_FORBIDDEN', 'The request was refused (403)', 'token'],
  [0x80244019, 'WU_E_PT_HTTP_STATUS_NOT_FOUND', 'The address leads nowhere (404)', 'token'],
  [0x8024401b, 'WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ', 'The proxy wants a login (407)', 'proxy'],
  [0x8024401c, 'WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT', 'The service waited too long for the request (408)', 'proxy'],
  [0x8024401f, 'WU_E_PT_HTTP_STATUS_SERVER_ERROR', 'The service failed (500)', 'service'],
  [0x80244021, 'WU_E_PT_HTTP_STATUS_BAD_GATEWAY', 'A proxy got no proper answer (502)', 'proxy'],
  [0x80244022, 'WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL', 'The service was not ready (503)', 'service'],
  [0x80244023, 'WU_E_PT_HTTP_STATUS_GATEWAY_TIMEOUT', 'A proxy waited too long (504)', 'proxy'],
  [
    0x8024402c,
    'WU_E_PT_WINHTTP_NAME_NOT_RESOLVED',
    'The name of the service or of the proxy cannot be resolved',
    'proxy',
  ],
  [0x80246002, 'WU_E_DM_INCORRECTFILEHASH', 'A downloaded file is not what the metadata promises', 'content'],
  [0x80246005, 'WU_E_DM_NONETWORK', 'There was no network for the download', 'proxy'],
  [0x80246007, 'WU_E_DM_NOTDOWNLOADED', 'It was not downloaded', 'content'],
  [0x80246008, 'WU_E_DM_FAILTOCONNECTTOBITS', 'The transfer service (BITS) does not answer', 'agent'],
  [0x80246009, 'WU_E_DM_BITSTRANSFERERROR', 'The transfer service (BITS) failed', 'content'],
  [0x80248007, 'WU_E_DS_NODATA', "The agent's own database lacks what it looked for", 'agent'],
  [0x80248014, 'WU_E_DS_UNKNOWNSERVICE', 'The agent does not know this update service', 'agent'],
];

const BY_CODE: ReadonlyMap<number, Row> = new Map(TABLE.map((row) => [row[0] | 0, row]));

/** A result as people look it up: `0x8024401C`. */
export function hresultText(hresult: number): string {
  return `0x${(hresult >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** What a result of the Windows Update Agent means and what to do about it; undefined for codes that are not in the table. */
export function explainHresult(hresult: number): Explained | undefined {
  const row = BY_CODE.get(hresult | 0);
  return row && { name: row[1], meaning: row[2], advice: ADVICE[row[3]] };
}
