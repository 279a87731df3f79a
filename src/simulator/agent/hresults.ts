/** Results that the agent reports, unsigned; names as in the Windows Update error list. */
export const WU_S_REBOOT_REQUIRED = 0x00240005;
export const E_INVALIDARG = 0x80070057;
export const DISK_FULL = 0x80070070;
export const WU_E_UH_INSTALLERFAILURE = 0x8024200b;
export const WU_E_XML_INVALID = 0x8024000e;
export const WU_E_PT_SOAPCLIENT_PARSE = 0x8024400a;
export const WU_E_PT_SOAP_CLIENT = 0x8024400d;
export const WU_E_PT_SOAP_SERVER = 0x8024400e;
export const WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS = 0x80244010;
export const WU_E_PT_INVALID_CONFIG_PROP = 0x80244029;
export const WU_E_PT_WINHTTP_NAME_NOT_RESOLVED = 0x8024402c;
export const WU_E_PT_ENDPOINT_UNREACHABLE = 0x80240438;
export const WU_E_DM_URLNOTAVAILABLE = 0x80246001;
export const WU_E_DM_INCORRECTFILEHASH = 0x80246002;
export const WU_E_DM_UNKNOWNALGORITHM = 0x80246003;
export const WU_E_DM_NOTDOWNLOADED = 0x80246007;
export const WU_E_DM_READRANGEFAILED = 0x80246014;
const WU_E_PT_HTTP_STATUS_NOT_MAPPED = 0x8024402b;

/** HTTP status codes that have a result of their own, in the order of their results. */
const MAPPED_STATUS = [400, 401, 403, 404, 405, 407, 408, 409, 410, 500, 501, 502, 503, 504, 505];

/** The result that stands for the first of them. */
const WU_E_PT_HTTP_STATUS_BAD_REQUEST = 0x80244016;

/** The result of an answer with this HTTP status. */
export function httpStatusResult(status: number): number {
  const index = MAPPED_STATUS.indexOf(status);
  return index === -1 ? WU_E_PT_HTTP_STATUS_NOT_MAPPED : WU_E_PT_HTTP_STATUS_BAD_REQUEST + index;
}
