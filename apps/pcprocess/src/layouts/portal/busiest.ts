import { isNa } from '@perfcollector/derive';
import { type HostFacts, wholeDisks } from '@perfcollector/procfs';
import { ratesOf } from '../sar/rates.ts';
import type { Span } from '../sar/spans.ts';

/** How much each device of a group moved over a whole collection. */
export class Traffic {
  readonly #group: 'disk' | 'net';
  readonly #stats: readonly string[];
  /** In the order in which the kernel lists them. */
  readonly #moved = new Map<string, number>();

  constructor(group: 'disk' | 'net', stats: readonly string[]) {
    this.#group = group;
    this.#stats = stats;
  }

  get devices(): readonly string[] {
    return [...this.#moved.keys()];
  }

  add(span: Span): void {
    const seconds = isNa(span.interval) ? 0 : span.interval.seconds;
    for (const device of span.now.keys()) {
      const rate = ratesOf(this.#group, device, span);
      const moved = this.#stats.map(rate).reduce<number>((sum, one) => sum + (isNa(one) ? 0 : one * seconds), 0);
      this.#moved.set(device, (this.#moved.get(device) ?? 0) + moved);
    }
  }

  /** Of devices that moved as much, the first; undefined where there are none. */
  busiest(among: readonly string[]): string | undefined {
    return among.reduce<string | undefined>(
      (best, device) => (best !== undefined && this.#of(best) >= this.#of(device) ? best : device),
      undefined,
    );
  }

  #of(device: string): number {
    return this.#moved.get(device) ?? 0;
  }
}

/** Disks that are no part of others and made of no others; where there are none, all there are. */
export function physicalDisks(devices: readonly string[]): readonly string[] {
  const whole = wholeDisks(devices);
  return whole.size > 0 ? devices.filter((device) => whole.has(device)) : devices;
}

/** Names that no driver of hardware gives: of containers and their networks, tunnels, bonds, VLANs. */
const MADE =
  /^(lo|(veth|docker|br-|br\d|bridge|virbr|vnet|tun|tap|wg|bond|team|dummy|ifb|cali|cni|flannel|cilium|lxc|lxd|podman|kube|ovs|vxlan|geneve|gre|erspan|sit|ip6|ipip|tunl|tailscale|zt|nerdctl|macvlan|macvtap|ipvlan|vlan).*|.*[.:@].*)$/;

/** Interfaces of hardware, or what a hypervisor gives as such; where there are none, all but the loopback. */
export function physicalInterfaces(devices: readonly string[], host: HostFacts | undefined): readonly string[] {
  const listed = Array.isArray(host?.interfaces) ? host.interfaces : [];
  const driven = new Set(listed.filter((one) => one?.driver).map((one) => one.name));
  const known = devices.filter((device) => driven.has(device));
  if (known.length > 0) return known;
  const physical = devices.filter((device) => !MADE.test(device));
  return physical.length > 0 ? physical : devices.filter((device) => device !== 'lo');
}
