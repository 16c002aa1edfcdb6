import ipaddr from 'ipaddr.js'

const IPV6_NETWORK_BITS = 64

/**
 * What one subscriber has of the internet: an IPv4 address, or the /64 that an IPv6 address is in (RFC 6177 §2). Who has
 * no address at all (a Unix socket) is one network.
 */
export function networkOf(ip: string | null): string {
  if (ip === null || !ip.includes(':')) return ip ?? 'none'
  return ipaddr.IPv6.networkAddressFromCIDR(`${ip}/${IPV6_NETWORK_BITS}`).toString()
}
