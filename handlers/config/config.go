package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"tallyfy-admin/handlers/ratelimit"
)

// The commands of the program: Config.Command is one of them.
const (
	CommandServe       = "serve"       // the default
	CommandHealthcheck = "healthcheck" // asks a running server whether it lives; for containers
	CommandVersion     = "version"
)

var commands = []string{CommandServe, CommandHealthcheck, CommandVersion}

// ErrHelp is what Parse returns for --help and -h: the caller prints Usage and ends with success.
var ErrHelp = errors.New("help was asked for")

// Config is every setting, checked. The variables, flags and defaults stand in the table that Settings returns.
type Config struct {
	// Addr is the host:port to listen on; the host may be empty (every interface), the port 0 (any free one).
	Addr string
	// PublicURL is where browsers reach the dashboard: http or https, the host in lower case, no port where it is the
	// scheme's own, no user, query or fragment. Its path is "" or the sub-path without a trailing slash.
	PublicURL *url.URL
	// APIURL is the base of the Tallyfy API, without a trailing slash. It has no meaning in the sandbox.
	APIURL string
	// DatabaseURL is a path, sqlite:///path, "memory:" or a postgres:// URL, which may hold a password.
	DatabaseURL Secret
	// SecretFile is the file with the secrets that seal what is stored; empty with a database in memory, unless given.
	SecretFile string
	// TrustedProxies may say who the client is (X-Forwarded-For). Empty: nobody may.
	TrustedProxies []netip.Prefix
	// OAuthClientID is the client that signs people in with Tallyfy; empty: nobody does. OAuthURL is where the browser is sent
	// then; empty in the sandbox, which answers itself.
	OAuthClientID, OAuthURL string
	// Pace is how many reads of Tallyfy may begin in a time; zero is no limit. SandboxRate is the limit of the sandbox.
	Pace, SandboxRate ratelimit.Rate
	// MetricsAddr is the host:port of the metrics; empty: nowhere.
	MetricsAddr string
	// ShutdownDelay is how long requests are still taken after the server has said that it is not ready any more.
	ShutdownDelay time.Duration
	// LogLevel is the least level that is written.
	LogLevel slog.Level
	// LogFormat is "auto" (text on a terminal, JSON elsewhere), "text" or "json".
	LogFormat string

	// Sandbox replaces the API by a made-up organisation inside the program. The other fields are zero without it.
	Sandbox bool
	// SandboxGroups and SandboxMembers are the sizes asked for; 0: those of the sandbox's seed.
	SandboxGroups, SandboxMembers int
	// SandboxLatency is added to each of the sandbox's answers.
	SandboxLatency time.Duration
	// SandboxListen is a host:port where the sandbox serves other HTTP clients; empty: nowhere.
	SandboxListen string

	// Command is one of the Command constants.
	Command string
}

// Parse reads the arguments (without the program's name) and the environment. A flag wins over its variable; an empty
// variable counts as unset, and an empty flag asks for the default whatever the variable says. Space around a value
// is dropped: it is a leftover of the file that the value was read from.
//
// It returns ErrHelp if help was asked for, else every mistake joined by errors.Join, each naming the flag or variable
// that it came from and what is accepted. No error holds a secret's value. With an error the Config is empty.
func Parse(args []string, lookupEnv func(string) (string, bool)) (Config, error) {
	table := Settings()
	line := readArguments(args, table)
	if line.help {
		return Config{}, ErrHelp
	}
	given := gather(table, line.flags, lookupEnv)
	values, mistakes := given.parse()
	mistakes = append(line.mistakes, mistakes...)
	mistakes = append(mistakes, given.contradictions(values)...)
	if len(mistakes) > 0 {
		return Config{}, errors.Join(mistakes...)
	}
	cfg := values.config()
	cfg.Command = line.command
	return cfg, nil
}
