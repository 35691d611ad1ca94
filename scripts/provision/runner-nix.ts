const SETTINGS = [
  'experimental-features = nix-command flakes',
  'sandbox = false',
  // Without a nixbld group on the machine, root builds as root.
  'build-users-group =',
  'substituters =',
];

/**
 * Environment under which a Nix fresh from apt evaluates flakes and serves its store as root, with no daemon
 * and no file in /etc/nix. `more` are further lines of nix.conf.
 */
export function runnerNixEnv(more: readonly string[] = []): { readonly NIX_CONFIG: string } {
  return { NIX_CONFIG: [...SETTINGS, ...more].join('\n') };
}
