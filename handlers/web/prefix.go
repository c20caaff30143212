package web

import (
	"net"
	"net/netip"
)

// prefixNet is a prefix in the older type that Echo takes.
func prefixNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
