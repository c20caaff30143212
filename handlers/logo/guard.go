package logo

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// refused are the networks outside the public internet, as IANA's special-purpose address
// registries list them (RFC 6890 and its updates), and those that lead back into one.
var refused = []struct {
	network netip.Prefix
	name    string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this host"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier NAT"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("168.63.129.16/32"), "the platform service of Azure"}, // public in form, answers virtual machines only
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},                      // 169.254.169.254: cloud metadata
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved or broadcast"},

	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("::ffff:0:0/96"), "IPv4-mapped"},
	{netip.MustParsePrefix("64:ff9b::/96"), "NAT64"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local NAT64"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments"}, // Teredo, benchmarking, ORCHID
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
	{netip.MustParsePrefix("fc00::/7"), "unique-local"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// global is the part of IPv6 that has been opened for public addresses. Everything else is refused.
var global = netip.MustParsePrefix("2000::/3")

// checkAddr refuses an address that is not on the public internet.
func checkAddr(addr netip.Addr) error {
	if addr.Zone() != "" {
		return fmt.Errorf("refused: %s has a zone", addr)
	}
	for _, r := range refused {
		if r.network.Contains(addr) {
			return fmt.Errorf("refused: %s is %s", addr, r.name)
		}
	}
	if !addr.Is4() && !global.Contains(addr) {
		return fmt.Errorf("refused: %s is not a public address", addr)
	}
	return nil
}

// guard checks the address that a socket is about to connect to. A name that resolves to another
// address a moment later is no way around it, nor is a number in an odd notation.
func guard(network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("refused: network %s", network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("refused: %q is no address", address)
	}
	if target.Port() != 443 {
		return fmt.Errorf("refused: port %d", target.Port())
	}
	return checkAddr(target.Addr())
}

// newDialer returns a dialer that calls check before each connection, after the name is resolved.
func newDialer(resolver *net.Resolver, check func(network, address string) error) *net.Dialer {
	return &net.Dialer{
		Timeout:  3 * time.Second,
		Resolver: resolver,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			return check(network, address)
		},
	}
}
