package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// proxyList is addresses and networks separated by commas.
type proxyList []netip.Prefix

func (l *proxyList) UnmarshalText(b []byte) error {
	var list proxyList
	for part := range strings.SplitSeq(string(b), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue // a comma at the end
		}
		prefix, err := parseProxy(part)
		if err != nil {
			return fmt.Errorf("%s is neither an address nor a network", repeated(part, b))
		}
		list = append(list, prefix)
	}
	*l = list
	return nil
}

// parseProxy reads one address or network. An IPv4 one in IPv6 form becomes IPv4: that is how a client's address is compared.
func parseProxy(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		addr, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		addr = addr.Unmap()
		return netip.ParsePrefix(fmt.Sprintf("%s/%d", addr, addr.BitLen())) // unlike addr.Prefix, refuses a zone
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return prefix.Masked(), nil
}
