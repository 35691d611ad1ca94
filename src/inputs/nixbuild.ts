import { priceOfBuilder, type PriceList } from '../accounting/prices.ts';
import type { Builder } from '../builders/builder.ts';
import { parseHostKeyLine, type HostKey } from '../builders/known-hosts/host-key.ts';
import { parsePairs } from '../nixbuild/environment.ts';
import {
  asServiceBuilder,
  isServiceBuilder,
  servicePrices,
  type NixbuildService,
} from '../nixbuild/service.ts';
import { fault, value, type Parsed } from './parsed.ts';

/** A host and its port, as in `eu.nixbuild.net` and `[::1]:2222`; 22 unless said. */
export function parseHostAndPort(text: string): Parsed<{ readonly host: string; readonly port: number }> {
  const [, bracketed, plain, digits = '22'] =
    /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    return fault('a host such as eu.nixbuild.net, or host:port');
  return value({ host, port });
}

/** A public key line. */
export function parseHostKey(text: string): Parsed<HostKey> {
  const key = parseHostKeyLine(text);
  return typeof key === 'string' ? fault('a public key line such as ssh-ed25519 AAAA…', key) : value(key);
}

/** The address of an HTTP API that is sent a token: encrypted, unless it is this machine's. */
export function parseApiUrl(text: string): Parsed<string> {
  const expected = 'an address such as https://api.nixbuild.net';
  if (!URL.canParse(text)) return fault(expected);
  const { protocol, hostname, username, search, hash } = new URL(text);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) return fault(`${expected}, with https`);
  if (`${username}${search}${hash}` !== '') return fault(`${expected}, without user, ? or #`);
  return value(text.replace(/\/+$/, ''));
}

/** Lines of `name = value`. Faults name lines by number only. */
export function parseSettings(text: string): Parsed<ReadonlyMap<string, string>> {
  const { pairs, odd } = parsePairs(text);
  if (odd.length === 0) return value(pairs);
  return fault('lines such as: max-cpu = 2', `something else in line ${odd.join(', ')}`);
}

/** The service of these inputs; undefined without a way to log in. */
export function serviceOf(
  { host, port }: { readonly host: string; readonly port: number },
  service: Omit<NixbuildService, 'host' | 'port'>,
): NixbuildService | undefined {
  if (service.token === undefined && service.privateKey === undefined) return undefined;
  return { host, port, ...service };
}

/** Machine lines of the service get what they leave unsaid. */
export function withService(
  builders: readonly Builder[],
  service: NixbuildService | undefined,
): readonly Builder[] {
  if (service === undefined) return builders;
  return builders.map((builder) =>
    isServiceBuilder(service, builder) ? asServiceBuilder(service, builder) : builder,
  );
}

/** The prices of the inputs, with what the service costs where they say nothing of it. */
export function withServicePrices(prices: PriceList, service: NixbuildService | undefined): PriceList {
  if (service === undefined) return prices;
  const { perCpuHour, perHour } = priceOfBuilder(prices, service.host);
  if (perCpuHour !== undefined || perHour !== undefined) return prices;
  return { ...prices, rules: [...prices.rules, ...servicePrices(service, prices.currency)] };
}
