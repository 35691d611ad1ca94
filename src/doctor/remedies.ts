import type { Remedy } from './finding.ts';

/** A change to the workflow: inputs and machine lines. */
export function inWorkflow(text: string, code?: string): Remedy {
  return remedy('workflow', text, code);
}

/** Something to do on the builder, whatever it runs. */
export function onBuilder(text: string, code?: string): Remedy {
  return remedy('builder', text, code);
}

/** The same change for NixOS, as a line of its configuration, and for every other system. */
export function onEither(
  nixos: string,
  elsewhere: { readonly text: string; readonly code?: string },
): readonly Remedy[] {
  return [
    remedy('NixOS', 'Add to its NixOS configuration and switch to it:', nixos),
    remedy('elsewhere', elsewhere.text, elsewhere.code),
  ];
}

/** A setting of nix.conf that is a list; `all` is what it should be as a whole, `added` what it lacks. */
export function nixList(name: string, all: readonly string[], added: readonly string[]): readonly Remedy[] {
  return onEither(`nix.settings.${name} = ${nixStrings(all)};`, {
    text: 'Add to /etc/nix/nix.conf and restart the daemon (systemctl restart nix-daemon):',
    code: `extra-${name} = ${added.join(' ')}`,
  });
}

/** A keyword of sshd_config with a number. */
export function sshdSetting(name: string, value: number): readonly Remedy[] {
  return onEither(`services.openssh.settings.${name} = ${value};`, {
    text: 'Set in /etc/ssh/sshd_config and reload it (systemctl reload ssh):',
    code: `${name} ${value}`,
  });
}

/** A list of strings in the language of Nix. */
export function nixStrings(items: readonly string[]): string {
  const texts = items.map((item) => JSON.stringify(item).replaceAll('${', '\\${'));
  return `[ ${texts.join(' ')} ]`;
}

/**
 * The remedies that fit a machine of which `/etc/os-release` or uname gave this name: of a pair for NixOS and for elsewhere the one.
 *
 * @param system undefined where that is not known
 */
export function fitting(remedies: readonly Remedy[], system: string | undefined): readonly Remedy[] {
  if (system === undefined) return remedies;
  const [its, other] = system === 'nixos' ? ['NixOS', 'elsewhere'] : ['elsewhere', 'NixOS'];
  return remedies
    .filter(({ where }) => where !== other)
    .map((remedy) =>
      remedy.where === its ? Object.assign({}, remedy, { where: 'builder' } as const) : remedy,
    );
}

function remedy(where: Remedy['where'], text: string, code: string | undefined): Remedy {
  return code === undefined ? { where, text } : { where, text, code };
}
