/** What a server does. Roles bring defaults: see `ROLES`. */
export type Role =
  | 'domain-controller'
  | 'file-server'
  | 'sql-server'
  | 'rds'
  | 'hyper-v'
  | 'iis'
  | 'exchange'
  | 'backup'
  | 'monitoring'
  | 'cluster-node'
  | 'application';

/** How a server comes back when an update broke it. */
export interface RecoveryPath {
  /** Who does it: a person, a team, a provider. */
  readonly who: string;
  readonly how: string;
  /** How long it takes, by experience or by the last test. */
  readonly minutes: number;
}

/** What a role asks of backups before its server is patched. */
export interface BackupRule {
  readonly text: string;
  readonly evidence: readonly ('backup' | 'restore-point' | 'restore-test')[];
}

/** What holds for a server by its role, unless its customer or its inventory says otherwise. */
export interface RoleDefaults {
  readonly title: string;
  /**
   * Place within a wave; lower ones go first. What others stand on goes before what stands on it, so that a fault shows where it began:
   * identity, then storage and data, then what runs on them, then what users see; hosts follow their guests; backup and monitoring come
   * last, since they must hold and watch while the others go.
   */
  readonly rank: number;
  /** What shows that it works after a restart. */
  readonly healthChecks: readonly string[];
  readonly backup: BackupRule;
  readonly recovery: RecoveryPath;
  /** What of this role must not happen at the same time. */
  readonly neverTogether: string;
}

/** The place of a server that has no role, or none that orders it. */
const UNRANKED = 50;

/** Every role with its defaults, in the order in which they go within a wave. */
export const ROLES: Readonly<Record<Role, RoleDefaults>> = {
  'domain-controller': {
    title: 'Domain controller',
    rank: 10,
    healthChecks: [
      'NTDS, Netlogon, KDC, DNS and W32Time are running',
      'SYSVOL and NETLOGON are shared',
      'Replication with every partner went well since the restart',
      'A user signs in against it, and it answers for its DNS zones',
    ],
    backup: {
      text: 'A system state backup within the tombstone lifetime of at least one other controller of the domain, and of this one.',
      evidence: ['backup'],
    },
    recovery: {
      who: 'Directory administrators',
      how: 'Uninstall the update in Directory Services Restore Mode. If it does not start: promote a new controller and clean up the old one. Never revert to a snapshot that the hypervisor took without generation id.',
      minutes: 120,
    },
    neverTogether: 'Two controllers of one domain: one at a time, the next when replication is verified.',
  },
  'file-server': {
    title: 'File server',
    rank: 20,
    healthChecks: [
      'Server service and shares answer',
      'A file is written and read over the network',
      'DFS targets are online, and shadow copies go on',
    ],
    backup: { text: 'Last backup of volumes and permissions, restored once as a test.', evidence: ['backup'] },
    recovery: {
      who: 'Storage administrators',
      how: 'Uninstall the update; else restore the system volume and attach the data volumes again.',
      minutes: 120,
    },
    neverTogether: 'Members of one DFS or cluster set: put them into a redundancy group.',
  },
  'sql-server': {
    title: 'SQL Server',
    rank: 30,
    healthChecks: [
      'Engine and agent are running',
      'Every database is online, availability groups are synchronised',
      'Scheduled jobs go on, an application connects',
    ],
    backup: {
      text: 'Full and log backups of all databases, and a restore test of the most important one.',
      evidence: ['backup', 'restore-test'],
    },
    recovery: {
      who: 'Database administrators',
      how: 'Fail over to the other replica and uninstall the update; else restore the system volume, then databases to the last log.',
      minutes: 180,
    },
    neverTogether: 'Replicas of one availability group: put them into a redundancy group; the secondary goes first.',
  },
  exchange: {
    title: 'Exchange',
    rank: 40,
    healthChecks: [
      'Services are running and components are active',
      'Databases are mounted, copies are healthy, queues are short',
      'A mail goes in and out, a client connects',
    ],
    backup: {
      text: 'A backup that truncated the logs, or healthy copies on other members.',
      evidence: ['backup'],
    },
    recovery: {
      who: 'Mail administrators',
      how: 'Move the databases to another member and uninstall the update; else rebuild with setup in recovery mode.',
      minutes: 240,
    },
    neverTogether:
      'Members of one availability group: put them into a redundancy group; each in maintenance mode first.',
  },
  'cluster-node': {
    title: 'Cluster node',
    rank: 45,
    healthChecks: [
      'The node is up in the cluster, the quorum is whole',
      'Its roles are online on their preferred owners',
      'Cluster validation has no new warning',
    ],
    backup: { text: 'Last backup of system state and cluster configuration.', evidence: ['backup'] },
    recovery: {
      who: 'Platform administrators',
      how: 'Leave its roles on the other nodes and uninstall the update; else evict the node, rebuild it and join it again.',
      minutes: 180,
    },
    neverTogether: 'Nodes of one cluster: name the cluster as their redundancy group; the passive node goes first.',
  },
  application: {
    title: 'Application server',
    rank: UNRANKED,
    healthChecks: ['Its services are running', 'A person who uses the application did one whole transaction'],
    backup: {
      text: 'Last backup, and a restore point from before the installation.',
      evidence: ['backup', 'restore-point'],
    },
    recovery: {
      who: 'Owner of the application, with its vendor',
      how: 'Uninstall the update; else go back to the restore point and tell the vendor.',
      minutes: 120,
    },
    neverTogether: 'Servers that share the load of one application: put them into a redundancy group.',
  },
  iis: {
    title: 'Web server (IIS)',
    rank: 60,
    healthChecks: [
      'W3SVC and WAS are running, application pools are started',
      'Every site answers with its certificate',
    ],
    backup: { text: 'Last backup of sites and configuration.', evidence: ['backup'] },
    recovery: {
      who: 'Web administrators',
      how: 'Take it out of the load balancer and uninstall the update; else deploy the sites on a fresh server.',
      minutes: 60,
    },
    neverTogether: 'Servers behind one load balancer: put them into a redundancy group.',
  },
  rds: {
    title: 'Remote Desktop Services',
    rank: 70,
    healthChecks: [
      'Broker, gateway and licensing answer',
      'A user signs in, gets the profile and starts an application',
      'Printers and drives are redirected',
    ],
    backup: { text: 'Last backup, and a restore point of the image.', evidence: ['backup', 'restore-point'] },
    recovery: {
      who: 'Desktop administrators',
      how: 'Drain the host and uninstall the update; else deploy it again from the last good image.',
      minutes: 60,
    },
    neverTogether: 'Session hosts of one collection, or both brokers: put them into redundancy groups; drain first.',
  },
  'hyper-v': {
    title: 'Hyper-V host',
    rank: 80,
    healthChecks: [
      'Virtual Machine Management is running',
      'Guests are running again and have network and storage',
      'Live migration and replication go on',
    ],
    backup: { text: 'Last backup of every guest that cannot move away, and of the host.', evidence: ['backup'] },
    recovery: {
      who: 'Platform administrators',
      how: 'Run the guests on another host and uninstall the update; else install the host anew and import the guests.',
      minutes: 180,
    },
    neverTogether: 'Hosts that take over from each other: put them into a redundancy group; guests move away first.',
  },
  backup: {
    title: 'Backup server',
    rank: 90,
    healthChecks: [
      'Services, repositories and proxies are online',
      'No job was running at the restart, the next one goes well',
      'A file is restored as a test',
    ],
    backup: {
      text: 'Backup of its own configuration in another place, and a restore test.',
      evidence: ['backup', 'restore-test'],
    },
    recovery: {
      who: 'Backup administrators',
      how: 'Uninstall the update; else install the product anew, import its configuration and attach the repositories.',
      minutes: 240,
    },
    neverTogether: 'A backup server and the servers that its job is just saving: keep windows out of backup slots.',
  },
  monitoring: {
    title: 'Monitoring server',
    rank: 100,
    healthChecks: ['Services are running, and fresh values come in', 'A test alert reaches a person'],
    backup: { text: 'Last backup of configuration and database.', evidence: ['backup'] },
    recovery: {
      who: 'Monitoring administrators',
      how: 'Uninstall the update; else restore it. Watch by hand until it is back.',
      minutes: 90,
    },
    neverTogether: 'A monitoring server and what it watches: it goes last.',
  },
};

/** All names of roles, in the order of `ROLES`. */
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/** The place within a wave of a server with these roles: that of the one which goes first. */
export function rankOf(roles: readonly Role[] | undefined): number {
  return roles === undefined || roles.length === 0 ? UNRANKED : Math.min(...roles.map((role) => ROLES[role].rank));
}
