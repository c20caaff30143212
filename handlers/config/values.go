package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/ratelimit"
)

// A kind is one form of text. value stands for it in the usage text, accepts completes "accepted:
// …" in a mistake. The parser's error says what is wrong. It repeats the text only where that
// cannot be a secret.
type kind[T any] struct {
	value, accepts string
	parse          func(text string) (T, error)
}

const aURL = "an http or https URL without user, query or fragment, such as https://tools.example.com/tallyfy"

var (
	address       = kind[string]{"HOST:PORT", "host:port such as 127.0.0.1:8080, or :8080 for every interface", parseAddress}
	baseURL       = kind[string]{"URL", aURL, parseBaseURL}
	publicURL     = kind[*url.URL]{"URL", aURL, parsePublicURL}
	database      = kind[Secret]{"URL", "a file such as tallyfy-admin.db, sqlite:///path, memory: or postgres://user:password@host/name", parseDatabase}
	file          = kind[string]{"FILE", "the path of a file", func(text string) (string, error) { return text, nil }}
	proxies       = kind[[]netip.Prefix]{"LIST", "addresses or networks separated by commas, such as 10.0.0.0/8,192.0.2.1", parseProxies}
	organisations = kind[[]string]{"LIST", "ids of organisations separated by commas", parseOrganisations}
	clientID      = kind[string]{"ID", "the id that Tallyfy gave, of letters, digits and -._~", parseClientID}
	rate          = kind[ratelimit.Rate]{"RATE", "reads in a time, such as 12/5s, or off", parseRate}
	shortTime     = kind[time.Duration]{"DURATION", "a duration from 0s to 1m, such as 150ms", parseShortTime}
	logLevel      = kind[slog.Level]{"LEVEL", "debug, info, warn or error", parseLevel}
	logFormat     = kind[string]{"FORMAT", "auto, text or json", parseLogFormat}
	toggle        = kind[bool]{"", "true or false", parseToggle}
)

func wholeNumber(value string, least, most int) kind[int] {
	return kind[int]{value, fmt.Sprintf("a whole number from %d to %d", least, most), func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("%s is no whole number", repeated(text, text))
		}
		if n < least || n > most {
			return 0, fmt.Errorf("%d is out of range", n)
		}
		return n, nil
	}}
}

// repeated is the wrong part of a text, as a mistake shows it. A text that could be a misplaced
// address with a password is not shown.
func repeated(part, whole string) string {
	if strings.ContainsAny(whole, "@=") || strings.Contains(whole, "://") {
		return "the value"
	}
	return fmt.Sprintf("%.60q", part)
}

func parseAddress(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", fmt.Errorf("%s is no host:port", repeated(text, text))
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || port != strconv.FormatUint(n, 10) {
		return "", fmt.Errorf("%s is no port", repeated(port, text))
	}
	if host != "" && !isHost(host) {
		return "", fmt.Errorf("%s is no host", repeated(host, text))
	}
	return text, nil
}

var (
	hostForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)
	// pathForm allows characters that need no escaping: a cookie's Path and a link in a page must
	// have the path as it is.
	pathForm = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)
)

// isHost reports names in ASCII and addresses without a zone.
func isHost(host string) bool { return hostForm.MatchString(host) || net.ParseIP(host) != nil }

// parseBaseURL reads a URL that paths are added to. It returns the form in which browsers send
// their Origin: the host in lower case, without the scheme's own port and without a slash at the
// end. Its errors never repeat the text, which could contain a password in the place of the user.
func parseBaseURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("it does not begin with http:// or https://")
	case u.User != nil:
		return "", errors.New("it has a user")
	case u.RawQuery != "" || u.ForceQuery:
		return "", errors.New("it has a query")
	case strings.Contains(text, "#"): // url.Parse silently drops an empty fragment
		return "", errors.New("it has a fragment")
	case !isHost(u.Hostname()):
		return "", errors.New("its host is missing or not in ASCII form (an international name begins with xn--)")
	case strings.HasSuffix(u.Host, ":"):
		return "", errors.New("its port is missing")
	}
	port := u.Port()
	if _, err := parseAddress(":" + port); port != "" && err != nil {
		return "", errors.New("its port is no number up to 65535")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if !pathForm.MatchString(path) || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
		return "", errors.New("its path has an empty or dotted part, or other than letters, digits and . _ ~ -")
	}
	return u.Scheme + "://" + host + path, nil
}

func parsePublicURL(text string) (*url.URL, error) {
	base, err := parseBaseURL(text)
	if err != nil {
		return nil, err
	}
	return url.Parse(base)
}

// parseDatabase accepts the addresses that the store opens. Its errors never repeat the text, which
// may contain a password.
func parseDatabase(text string) (Secret, error) {
	s := Secret(text)
	if isPostgres(s) {
		if _, err := url.Parse(text); err != nil {
			return "", errors.New("a postgres:// URL that cannot be read; a special character in the password is written as %XX")
		}
		return s, nil
	}
	// A libpq connection string is refused: it would become the name of a file, password included.
	if path := sqliteFile(s); !isMemory(s) && (path == "" || strings.HasSuffix(path, "/") || strings.Contains(path, "://") ||
		strings.HasPrefix(path, "file:") || strings.Contains(path, "=")) {
		return "", errors.New("neither a file nor a database URL that is known here")
	}
	return s, nil
}

func isMemory(s Secret) bool { return s == "memory:" || s == ":memory:" }

func isPostgres(s Secret) bool {
	scheme, _, found := strings.Cut(string(s), "://")
	return found && (scheme == "postgres" || scheme == "postgresql")
}

// sqliteFile is the path of the SQLite file, empty for another database.
func sqliteFile(s Secret) string {
	if isMemory(s) || isPostgres(s) {
		return ""
	}
	return strings.TrimPrefix(string(s), "sqlite://")
}

// parseProxies reads addresses and networks. IPv4 in IPv6 form becomes IPv4, the form in which a
// client's address is compared.
func parseProxies(text string) (list []netip.Prefix, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue // a comma at the end
		}
		prefix, err := netip.ParsePrefix(part)
		if addr, addrErr := netip.ParseAddr(part); addrErr == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is neither an address nor a network", repeated(part, text))
		}
		if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

var organisationForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// parseOrganisations reads ids.
func parseOrganisations(text string) (ids []string, err error) {
	for id := range strings.SplitSeq(text, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue // a comma at the end
		}
		if !organisationForm.MatchString(id) {
			return nil, fmt.Errorf("%s is no id", repeated(id, text))
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, errors.New("holds no id")
	}
	return ids, nil
}

// parseClientID accepts characters that need no escaping in a URL. The error does not repeat the
// text, which may be a misplaced secret.
func parseClientID(text string) (string, error) {
	if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") != "" {
		return "", errors.New("holds a character that no client id has")
	}
	return text, nil
}

func parseRate(text string) (ratelimit.Rate, error) {
	r, ok := ratelimit.ParseRate(text)
	if !ok {
		return ratelimit.Rate{}, fmt.Errorf("%s is no rate", repeated(text, text))
	}
	return r, nil
}

// parseShortTime accepts at most a minute. That is longer than every time limit of the dashboard.
func parseShortTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%s is no duration", repeated(text, text))
	}
	if d < 0 || d > time.Minute {
		return 0, fmt.Errorf("%s is out of range", d)
	}
	return d, nil
}

// parseLevel accepts the four names of log/slog, without its offsets ("INFO+2").
func parseLevel(text string) (level slog.Level, err error) {
	if strings.ContainsAny(text, "+-") || level.UnmarshalText([]byte(text)) != nil {
		return 0, fmt.Errorf("%s is no level", repeated(text, text))
	}
	return level, nil
}

func parseLogFormat(text string) (string, error) {
	switch format := strings.ToLower(text); format {
	case "auto", "text", "json":
		return format, nil
	}
	return "", fmt.Errorf("%s is no format", repeated(text, text))
}

// parseToggle returns true with its error, so that settings that need the toggle are no further
// mistakes.
func parseToggle(text string) (bool, error) {
	on, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return true, fmt.Errorf("%s is neither true nor false", repeated(text, text))
	}
	return on, nil
}

// A Secret is text that may contain a password. Printing, logging and encoding it give a
// placeholder. Only string(s) gives the text. An empty Secret prints as nothing, so that a missing
// value looks different from a hidden one.
type Secret string

// String returns the placeholder.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// Format writes the placeholder for every verb. Without Format, fmt shows the text for a verb that
// does not fit a string, such as %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns the placeholder, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the placeholder, for encoding/json and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
