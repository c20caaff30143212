package config

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/ratelimit"
)

// The types of the fields of settings: each reads one form of text. Their errors say what is wrong; what is accepted
// is added from the table. A value is repeated only where it cannot be a secret.

// repeated is a value, or the part of it that is wrong, as a mistake shows it. What could be an address with a password, put
// in the wrong place, is not shown at all.
func repeated(part string, whole []byte) string {
	if bytes.ContainsAny(whole, "@=") || bytes.Contains(whole, []byte("://")) {
		return "the value"
	}
	return fmt.Sprintf("%.60q", part)
}

// text is taken as it is.
type text string

// address is a host:port.
type address string

func (a *address) UnmarshalText(b []byte) error {
	host, port, err := net.SplitHostPort(string(b))
	if err != nil {
		return fmt.Errorf("%s is no host:port", repeated(string(b), b))
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || port != strconv.FormatUint(n, 10) {
		return fmt.Errorf("%s is no port", repeated(port, b))
	}
	if host != "" && !isHost(host) {
		return fmt.Errorf("%s is no host", repeated(host, b))
	}
	*a = address(b)
	return nil
}

// url is where a browser on the same machine finds the address.
func (a address) url() baseURL {
	host, port, _ := net.SplitHostPort(string(a))
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.Unmap().IsUnspecified() {
		host = "localhost"
	}
	var u baseURL
	_ = u.UnmarshalText([]byte("http://" + net.JoinHostPort(host, port))) // cannot fail: the address has been checked
	return u
}

// clientID is made of what needs no escaping in a URL: whoever pastes anything else has pasted something else.
type clientID string

func (c *clientID) UnmarshalText(b []byte) error {
	for _, r := range string(b) {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", r) {
			return errors.New("holds a character that no client id has") // not repeated: it may be a secret in the wrong place
		}
	}
	*c = clientID(b)
	return nil
}

// logLevel is one of the four names of log/slog, without its offsets ("INFO+2").
type logLevel string

func (l *logLevel) UnmarshalText(b []byte) error {
	*l = logLevel(strings.ToLower(string(b)))
	switch *l {
	case "debug", "info", "warn", "error":
		return nil
	}
	return fmt.Errorf("%s is no level", repeated(string(b), b))
}

func (l logLevel) level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l)) // the names are slog's own
	return level
}

type logFormat string

func (f *logFormat) UnmarshalText(b []byte) error {
	*f = logFormat(strings.ToLower(string(b)))
	switch *f {
	case "auto", "text", "json":
		return nil
	}
	return fmt.Errorf("%s is no format", repeated(string(b), b))
}

// toggle is a switch: what strconv.ParseBool understands.
type toggle bool

func (t *toggle) UnmarshalText(b []byte) error {
	on, err := strconv.ParseBool(strings.ToLower(string(b)))
	if err != nil {
		return fmt.Errorf("%s is neither true nor false", repeated(string(b), b))
	}
	*t = toggle(on)
	return nil
}

// count is the size of a made-up organisation. The seed's own size is the sandbox's to check.
type count int

func (c *count) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return fmt.Errorf("%s is no whole number", repeated(string(b), b))
	}
	if n < 0 || n > 100_000 {
		return fmt.Errorf("%d is out of range", n)
	}
	*c = count(n)
	return nil
}

// rate is a pace of reads; given tells "off" from nothing said.
type rate struct {
	ratelimit.Rate
	given bool
}

func (r *rate) UnmarshalText(b []byte) error {
	parsed, ok := ratelimit.ParseRate(string(b))
	if !ok {
		return fmt.Errorf("%s is no rate", repeated(string(b), b))
	}
	*r = rate{parsed, true}
	return nil
}

// shortTime is a wait of at most a minute: longer than every time limit of the dashboard.
type shortTime time.Duration

func (l *shortTime) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%s is no duration", repeated(string(b), b))
	}
	if d < 0 || d > time.Minute {
		return fmt.Errorf("%s is out of range", d)
	}
	*l = shortTime(d)
	return nil
}
