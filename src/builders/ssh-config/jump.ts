/** A host on the way to another. */
export interface Jump {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads `[user@]host[:port]` or `ssh://[user@]host[:port]` of ProxyJump; undefined when it is neither. */
export function parseJump(text: string): Jump | undefined {
  const authority = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '');
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  const place = placeOf(authority.slice(at + 1));
  if (place === undefined || (user !== undefined && !/^[^\s/]+$/.test(user))) return undefined;
  if (!/^[^\s/[\]-][^\s/[\]]*$/.test(place.host)) return undefined;
  return { user, ...place };
}

function placeOf(text: string): Pick<Jump, 'host' | 'port'> | undefined {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(.*))?$/.exec(text) ?? [];
  const [plain = '', plainPort, ...more] = text.split(':');
  // Two colons without brackets: an IPv6 address, which then has no port.
  if (bracketed === undefined && more.length > 0) return { host: text, port: undefined };
  const portText = bracketed === undefined ? plainPort : bracketedPort;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(/^\d{1,5}$/.test(portText ?? '') && port >= 1 && port <= 65_535))
    return undefined;
  return { host: bracketed ?? plain, port };
}
