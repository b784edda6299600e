/**
 * Where the units of the packages (packaging/systemd) have what a person's programs look for, after what is that person's
 * own. A test holds the units to it.
 */
export const PACKAGED = {
  /** The home of pcd.service: root alone may look into it. */
  pcdHome: '/var/lib/pcd',
  /** The control socket of pcc.service: its user's and root's. */
  pccControl: '/run/pcc/control.sock',
} as const;
