import { existsSync } from 'node:fs';
import { mustRun, runCommand } from '../../../scripts/provision/command.ts';

/** The private network of one farm: a bridge on the runner, an address for it and for each host. */
export interface FarmNetwork {
  readonly bridge: string;
  readonly runner: Endpoint;
  readonly host: (index: number) => HostEndpoint;
}

/** An address and its fixed MAC, so that no ARP answer is ever needed: a cut cable stays silent for hours. */
interface Endpoint {
  readonly address: string;
  /** Undefined where the kernel has no IPv6. */
  readonly address6: string | undefined;
  readonly mac: string;
}

/** A host's end, and the name of the runner's end of its cable. */
export interface HostEndpoint extends Endpoint {
  readonly cable: string;
}

/** Number of farms that fit beside each other. */
export const FARM_SLOTS = 200;

const RUNNER_INDEX = 254;

/** The network of the farm in `slot` (0 to {@link FARM_SLOTS} - 1): 10.231.slot.0/24 and fd00:e7:slot+1::/64. */
export function farmNetwork(slot: number): FarmNetwork {
  const ipv6 = existsSync('/proc/net/if_inet6');
  const endpoint = (index: number): Endpoint => ({
    address: `10.231.${slot}.${index}`,
    address6: ipv6 ? `fd00:e7:${slot + 1}::${index}` : undefined,
    mac: `02:e7:00:00:${hex(slot)}:${hex(index)}`,
  });
  return {
    bridge: `ndf${slot}`,
    runner: endpoint(RUNNER_INDEX),
    host: (index) => ({ ...endpoint(index + 1), cable: `ndf${slot}h${index + 1}` }),
  };
}

/** Makes the bridge. */
export async function addBridge({ bridge, runner }: FarmNetwork): Promise<void> {
  await ipBatch([
    `link add ${bridge} address ${runner.mac} type bridge`,
    `addr add ${runner.address}/24 dev ${bridge}`,
    ...(runner.address6 === undefined ? [] : [`addr add ${runner.address6}/64 dev ${bridge} nodad`]),
    `link set ${bridge} up`,
  ]);
}

/** Plugs a cable between the bridge and the network namespace of process `pid`, where it is called eth0. */
export async function plugCable(network: FarmNetwork, host: HostEndpoint, pid: number): Promise<void> {
  await ipBatch([
    `link add ${host.cable} type veth peer address ${host.mac} name eth0 netns ${pid}`,
    `link set ${host.cable} master ${network.bridge} up`,
    ...[host.address, host.address6]
      .filter((address) => address !== undefined)
      .map((address) => `neigh replace ${address} lladdr ${host.mac} dev ${network.bridge} nud permanent`),
  ]);
}

/** Takes a cable away, if it is there. The kernel does so too when the host's namespace ends, but later. */
export async function removeCable(host: HostEndpoint): Promise<void> {
  await runCommand(['ip', 'link', 'del', host.cable]);
}

/** Takes a cable's end out of the bridge. The link stays up, so neither side is told; frames go nowhere. */
export async function cutCable(host: HostEndpoint): Promise<void> {
  await mustRun(['ip', 'link', 'set', host.cable, 'nomaster']);
}

/** Undoes {@link cutCable}. */
export async function mendCable(network: FarmNetwork, host: HostEndpoint): Promise<void> {
  await mustRun(['ip', 'link', 'set', host.cable, 'master', network.bridge]);
}

async function ipBatch(lines: readonly string[]): Promise<void> {
  await mustRun(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

const hex = (value: number): string => value.toString(16).padStart(2, '0');
