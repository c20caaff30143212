package logo

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

func TestGuard(t *testing.T) {
	for name, addresses := range map[string][]string{
		"this host":                     {"0.0.0.0", "0.1.2.3"},
		"private":                       {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"},
		"carrier NAT":                   {"100.64.0.1", "100.100.100.200", "100.127.255.255"},
		"loopback":                      {"127.0.0.1", "127.255.255.254", "::1"},
		"the platform service of Azure": {"168.63.129.16"},
		"link-local":                    {"169.254.0.1", "169.254.169.254", "fe80::1", "febf::1"},
		"protocol assignments":          {"192.0.0.192", "2001::1", "2001:0:4136:e378::1", "2001:2::1", "2001:20::1"},
		"documentation":                 {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"},
		"6to4 relay":                    {"192.88.99.1"},
		"6to4":                          {"2002:7f00:1::1"},
		"benchmarking":                  {"198.18.0.1", "198.19.255.255"},
		"multicast":                     {"224.0.0.1", "239.255.255.255", "ff02::1"},
		"reserved or broadcast":         {"240.0.0.1", "255.255.255.255"},
		"unspecified":                   {"::"},
		"IPv4-mapped":                   {"::ffff:127.0.0.1", "::ffff:8.8.8.8"},
		"NAT64":                         {"64:ff9b::7f00:1", "64:ff9b::808:808"},
		"local NAT64":                   {"64:ff9b:1::1"},
		"unique-local":                  {"fc00::1", "fd00:ec2::254"},
		"not a public address":          {"::7f00:1", "100::1", "5f00::1", "fec0::1", "4000::1"},
		"zone":                          {"2606:4700::1111%eth0"},
	} {
		for _, s := range addresses {
			addr := netip.MustParseAddr(s)
			network := "tcp6"
			if addr.Is4() {
				network = "tcp4"
			}
			err := guard(network, netip.AddrPortFrom(addr, 443).String())
			if assert.Error(t, err, s) {
				assert.Regexp(t, " "+name+"$", err.Error())
			}
		}
	}
	for _, s := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.0", "168.63.129.17", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255",
		"198.20.0.0", "223.255.255.255",
	} {
		assert.NoError(t, guard("tcp4", s+":443"), s)
	}
	for _, s := range []string{"2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "2003::1"} {
		assert.NoError(t, guard("tcp6", "["+s+"]:443"), s)
	}
	assert.ErrorContains(t, guard("tcp4", "1.1.1.1:80"), "port 80")
	assert.ErrorContains(t, guard("udp4", "1.1.1.1:443"), "udp4")
	assert.ErrorContains(t, guard("unix", "/run/docker.sock"), "unix")
	assert.ErrorContains(t, guard("tcp4", "localhost:443"), "no address")
}

// listen counts the connections that reach this machine's loopback.
func listen(t *testing.T) (net.Listener, *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var reached atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return l, &reached
}

// The dialer that New builds asks the guard before it connects.
func TestDialerRefusesLoopback(t *testing.T) {
	l, reached := listen(t)
	_, err := newDialer(nil, guard).DialContext(t.Context(), "tcp", l.Addr().String())
	require.ErrorContains(t, err, "refused")
	assert.Zero(t, reached.Load())

	conn, err := newDialer(nil, func(string, string) error { return nil }).DialContext(t.Context(), "tcp", l.Addr().String())
	require.NoError(t, err, "the refusal was the guard's")
	_ = conn.Close()
}

func TestPrivateNames(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "::1"} {
		dns := &nameServer{answers: [][]string{{address}}}
		img, err := New(Options{Resolver: dns.resolver()}).Fetch(t.Context(), noAPI(t), storage)
		requireNone(t, img, err, "refused: "+address)
	}
	// However the number of 127.0.0.1 is written, a system resolver that understands it ends at the
	// same check.
	for _, host := range []string{"2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1", "localhost", "127.0.0.1.", "１２７.0.0.1"} {
		dns := &nameServer{answers: [][]string{{"127.0.0.1"}}}
		img, err := New(Options{Resolver: dns.resolver()}).Fetch(t.Context(), noAPI(t), "https://"+host+"/a?X-Signature="+signature)
		requireNone(t, img, err, "")
	}
}

// A name whose address is public when it is first looked up and private when it counts.
func TestRebinding(t *testing.T) {
	dns := &nameServer{answers: [][]string{{"8.8.8.8"}, {"127.0.0.1"}}}
	errPassed := errors.New("the guard let it pass")
	var asked []string
	f := New(Options{Dial: newDialer(dns.resolver(), func(network, address string) error {
		asked = append(asked, address)
		if err := guard(network, address); err != nil {
			return err
		}
		return errPassed // no connection leaves this test
	}).DialContext})

	_, err := f.Fetch(t.Context(), noAPI(t), storage)
	require.ErrorIs(t, err, errPassed)
	dns.next()
	img, err := f.Fetch(t.Context(), noAPI(t), storage)
	requireNone(t, img, err, "127.0.0.1 is loopback")
	assert.Equal(t, []string{"8.8.8.8:443", "127.0.0.1:443"}, asked)
}

// Of several addresses, each is checked: a public one does not open the door to a private one.
func TestMixedAddresses(t *testing.T) {
	dns := &nameServer{answers: [][]string{{"8.8.8.8", "127.0.0.1", "fd00::1"}}}
	var lock sync.Mutex
	verdicts := map[string]bool{}
	f := New(Options{Dial: newDialer(dns.resolver(), func(network, address string) error {
		lock.Lock()
		defer lock.Unlock()
		verdicts[address] = guard(network, address) == nil
		return errors.New("stop here")
	}).DialContext})
	_, err := f.Fetch(t.Context(), noAPI(t), storage)
	require.ErrorIs(t, err, ErrNone)
	assert.Equal(t, map[string]bool{"8.8.8.8:443": true, "127.0.0.1:443": false, "[fd00::1]:443": false}, verdicts)
}

// nameServer answers every question with the current set of addresses.
type nameServer struct {
	lock    sync.Mutex
	answers [][]string
}

func (s *nameServer) next() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.answers = s.answers[1:]
}

func (s *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go s.serve(far)
		return near, nil
	}}
}

// serve speaks DNS over a stream: each message after its length in two bytes.
func (s *nameServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var length uint16
	if binary.Read(conn, binary.BigEndian, &length) != nil {
		return
	}
	query := make([]byte, length)
	if _, err := io.ReadFull(conn, query); err != nil {
		return
	}
	var m dnsmessage.Message
	if m.Unpack(query) != nil {
		return
	}
	m.Response, m.Additionals = true, nil
	s.lock.Lock()
	addresses := s.answers[0]
	s.lock.Unlock()
	for _, text := range addresses {
		addr, question := netip.MustParseAddr(text), m.Questions[0]
		header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class}
		switch {
		case addr.Is4() && question.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && question.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	answer, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
}
