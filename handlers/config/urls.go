package config

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// baseURL is an http or https URL that paths are added to: host in lower case, no port where it is the scheme's own,
// no slash at the end. Browsers send their Origin in this form.
type baseURL string

var (
	hostForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)
	// A cookie's Path and a link in a page must hold the path as it is, so it is kept to what needs no escaping.
	pathForm = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)
)

// UnmarshalText never repeats the text: it could hold a password in the place of the user.
func (u *baseURL) UnmarshalText(b []byte) error {
	parsed, err := url.Parse(string(b))
	switch {
	case err != nil:
		return errors.New("not a URL")
	case parsed.Scheme != "http" && parsed.Scheme != "https":
		return errors.New("it does not begin with http:// or https://")
	case parsed.User != nil:
		return errors.New("it has a user")
	case parsed.RawQuery != "" || parsed.ForceQuery:
		return errors.New("it has a query")
	case strings.Contains(string(b), "#"): // url.Parse drops an empty fragment without a word
		return errors.New("it has a fragment")
	}
	host, err := hostAndPort(parsed)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(parsed.EscapedPath(), "/")
	if !pathForm.MatchString(path) || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
		return errors.New("its path has an empty or dotted part, or other than letters, digits and . _ ~ -")
	}
	*u = baseURL(parsed.Scheme + "://" + host + path)
	return nil
}

func hostAndPort(u *url.URL) (string, error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if !isHost(host) {
		return "", errors.New("its host is missing or not in ASCII form (an international name begins with xn--)")
	}
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return "", errors.New("its port is missing")
		}
		return bracketed(host), nil
	}
	checked := address(net.JoinHostPort(host, port))
	if checked.UnmarshalText([]byte(checked)) != nil { // its error repeats the port: without the @, that is where a password is
		return "", errors.New("its port is no number up to 65535")
	}
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return bracketed(host), nil
	}
	return string(checked), nil
}

// isHost accepts names in ASCII and addresses without a zone.
func isHost(host string) bool { return hostForm.MatchString(host) || net.ParseIP(host) != nil }

// bracketed is the host as it stands in a URL without a port.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
