import { element } from './xml.ts';

/** What the namespaces of the update schemas begin with. */
export const MSUS = 'http://schemas.microsoft.com/msus';

/** Namespaces of the update handlers. */
export const HANDLERS = {
  category: `${MSUS}/2002/12/UpdateHandlers/Category`,
  cbs: `${MSUS}/2002/12/UpdateHandlers/Cbs`,
  commandLine: `${MSUS}/2002/12/UpdateHandlers/CommandLineInstallation`,
  driver: `${MSUS}/2002/12/UpdateHandlers/WindowsDriver`,
  osInstaller: `${MSUS}/2016/01/UpdateHandlers/OSInstaller`,
} as const;

/** The update handler of a document: its namespace, the type of its data and the data as XML. */
export interface Handler {
  readonly namespace: string;
  readonly type: string;
  readonly data: string;
}

/** Component-based servicing. As in real documents the identity is empty: the package stands in the rules' metadata. */
export const CBS_HANDLER: Handler = {
  namespace: HANDLERS.cbs,
  type: 'cbs:Cbs',
  data: element('cbs:CbsData', { PackageIdentity: '' }),
};

/** A program that is run with arguments; 0 is success, 3010 success with a restart to come. */
export function commandLineHandler(program: string, args: string): Handler {
  const codes = [
    element('cmd:ReturnCode', { Code: 0, Result: 'Succeeded' }),
    element('cmd:ReturnCode', { Code: 3010, Result: 'Succeeded', Reboot: true }),
  ];
  return {
    namespace: HANDLERS.commandLine,
    type: 'cmd:CommandLineInstallation',
    data: element('cmd:InstallCommand', { Program: program, Arguments: args, DefaultResult: 'Failed' }, codes),
  };
}

/** The Windows installer of whole builds, for feature upgrades. */
export const OS_INSTALLER_HANDLER: Handler = {
  namespace: HANDLERS.osInstaller,
  type: 'osi:OSInstallerMetadata',
  data: element('osi:OSInstallData', { InitialModule: 'UpdateAgent.dll' }),
};

/** A driver: what there is to know stands in the rules' metadata. */
export const DRIVER_HANDLER: Handler = {
  namespace: HANDLERS.driver,
  type: 'drv:WindowsDriver',
  data: element('drv:WindowsDriverData'),
};
