package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/ratelimit"
)

// The commands of the program. Config.Command is one of them.
const (
	CommandServe       = "serve"       // the default
	CommandHealthcheck = "healthcheck" // asks a running server whether it lives, for containers
	CommandVersion     = "version"
)

var commands = []string{CommandServe, CommandHealthcheck, CommandVersion}

// ErrHelp is what Parse returns for --help and -h: the caller prints Usage and ends with success.
var ErrHelp = errors.New("help was asked for")

// Config is every setting, checked. The table of settings says what each is for.
type Config struct {
	Command string // one of the Command constants

	Addr           string   // the host may be empty (every interface), the port 0 (any free one)
	PublicURL      *url.URL // its path is "" or the sub-path, without a trailing slash
	AnyHost        bool     // PublicURL was not given: it is made of Addr, and other names may lead here
	APIURL         string   // without a trailing slash; not used in the sandbox
	DatabaseURL    Secret   // a path, sqlite:///path, "memory:" or a postgres:// URL
	DatabaseFile   string   // the file that DatabaseURL was read from, if it was
	SecretFile     string   // empty with a database in memory, unless given
	JournalDays    int
	ReviewDays     int
	TrashDays      int // contents go with their entry at the latest
	HistoryDays    int
	TrustedProxies []netip.Prefix // empty: X-Forwarded-For is ignored
	Organisations  []string       // empty: members of every organisation may sign in
	OAuthClientID  string         // empty: no sign-in with Tallyfy
	OAuthURL       string         // empty without a client, and in the sandbox
	Pace           ratelimit.Rate // zero: no limit
	MetricsAddr    string         // empty: nowhere
	ShutdownDelay  time.Duration
	LogLevel       slog.Level
	LogFormat      string // "auto", "text" or "json"

	// The fields below are zero without Sandbox.
	Sandbox                       bool
	SandboxGroups, SandboxMembers int // 0: those of the seed
	SandboxLatency                time.Duration
	SandboxRate                   ratelimit.Rate // zero: no limit
	SandboxListen                 string         // empty: nowhere
}

// settings is the table of all settings, in the order of the usage text. Its rows write into c.
func settings(c *Config) []Setting {
	return []Setting{
		row("ADDR", &c.Addr, address, "Address to listen on.").fixed("127.0.0.1:8080"),
		row("PUBLIC_URL", &c.PublicURL, publicURL, "Address at which browsers reach the dashboard; may have a sub-path.").words("http:// and the address"),
		row("API_URL", &c.APIURL, baseURL, "Base address of the Tallyfy API.").fixed("https://go.tallyfy.com/api"),
		row("DATABASE_URL", &c.DatabaseURL, database, "Database for sessions and the journal: an SQLite file, PostgreSQL (postgres://…), or memory:.").
			words("tallyfy-admin.db; memory: in the sandbox"),
		row("DATABASE_URL_FILE", &c.DatabaseFile, file, "File that holds DATABASE_URL, so that its password is in no environment.").words("none"),
		row("SECRET_FILE", &c.SecretFile, file, "File with the secrets that seal stored data, one a line, at least 32 characters each; required with PostgreSQL.").
			words("the SQLite file with .secret added, made at the first start"),
		row("JOURNAL_DAYS", &c.JournalDays, wholeNumber("DAYS", 1, 3650), "Days for which the journal keeps an entry.").fixed("400"),
		row("TRASH_DAYS", &c.TrashDays, wholeNumber("DAYS", 1, 3650), "Days for which a deleted group can be created again, at most JOURNAL_DAYS.").fixed("90"),
		row("REVIEW_DAYS", &c.ReviewDays, wholeNumber("DAYS", 1, 3650), "Days for which a review of new joiners is kept.").fixed("400"),
		row("HISTORY_DAYS", &c.HistoryDays, wholeNumber("DAYS", 1, 3650), "Days for which it is remembered who was in which group.").fixed("400"),
		row("TRUSTED_PROXIES", &c.TrustedProxies, proxies, "Proxies whose X-Forwarded-For is trusted: addresses and networks, separated by commas.").words("none"),
		row("ORGANISATIONS", &c.Organisations, organisations, "Ids of the organisations whose members may sign in, separated by commas.").words("all"),
		row("OAUTH_CLIENT_ID", &c.OAuthClientID, clientID, "Client id for signing in with Tallyfy (OAuth).").words("none: personal access tokens only"),
		row("OAUTH_AUTHORIZE_URL", &c.OAuthURL, baseURL, "Address of Tallyfy's sign-in page for OAuth.").words(tallyfysOAuthURL),
		row("PACE", &c.Pace, rate, "Limit for the reads of Tallyfy by this process, such as 12/5s, or off.").
			words("12/5s, as Tallyfy publishes; off in a sandbox without SANDBOX_RATE"),
		row("METRICS_ADDR", &c.MetricsAddr, address, "Address where Prometheus reads /metrics.").words("nowhere"),
		row("SHUTDOWN_DELAY", &c.ShutdownDelay, shortTime, "Time between reporting not ready and refusing new requests, when told to stop.").fixed("0s"),
		row("LOG_LEVEL", &c.LogLevel, logLevel, "Lowest level that is logged: debug, info, warn or error.").fixed("info"),
		row("LOG_FORMAT", &c.LogFormat, logFormat, "Form of the log: auto (text on a terminal, else JSON), text or json.").fixed("auto"),
		row("SANDBOX", &c.Sandbox, toggle, "Serve an invented organisation; no Tallyfy account is needed.").fixed("false"),
		row("SANDBOX_GROUPS", &c.SandboxGroups, wholeNumber("N", 0, 100_000), "Number of groups in the sandbox.").words("34, as in the seed"),
		row("SANDBOX_MEMBERS", &c.SandboxMembers, wholeNumber("N", 0, 100_000), "Number of members in the sandbox, besides 13 for reviews of new joiners.").words("60, as in the seed"),
		row("SANDBOX_LATENCY", &c.SandboxLatency, shortTime, "Time added to each answer of the sandbox, such as 150ms.").fixed("0s"),
		row("SANDBOX_RATE", &c.SandboxRate, rate, "Limit for the reads that the sandbox answers, such as 12/5s; more get 429.").fixed("off"),
		row("SANDBOX_LISTEN", &c.SandboxListen, address, "Address where the sandbox also serves its API, under /api.").words("nowhere"),
	}
}

const tallyfysOAuthURL = "https://account.tallyfy.com/oauth/authorize"

// Parse reads the arguments (without the program's name) and the environment. A flag wins over its
// variable. An empty variable counts as unset. An empty flag asks for the default, whatever the
// variable says. Space around a value is dropped: it is a leftover of the file that the value was
// read from.
//
// Parse returns ErrHelp if help was asked for, else every mistake joined by errors.Join. A mistake
// names its flag or variable and says what is accepted. No error contains a secret. With an error
// the Config is empty.
func Parse(args []string, lookupEnv func(string) (string, bool)) (Config, error) {
	var c Config
	table := settings(&c)
	command, flags, mistakes := readArguments(args, table)
	if command == commandHelp {
		return Config{}, ErrHelp
	}
	c.Command = command
	sources := map[string]string{} // of given values: variable → "--public-url" or "PUBLIC_URL"
	for _, row := range table {
		text, isFlag := flags[row.Variable]
		source := "--" + row.Flag
		if !isFlag {
			text, _ = lookupEnv(row.Variable)
			source = row.Variable
		}
		if text = strings.TrimSpace(text); text != "" {
			sources[row.Variable] = source
		} else if row.Words {
			continue
		} else {
			text = row.Default
		}
		if err := row.set(text); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %w; accepted: %s", source, err, row.Accepts))
		}
	}
	if c.DatabaseFile != "" {
		mistakes = append(mistakes, c.readDatabaseURL(sources)...)
	}
	if mistakes = append(mistakes, contradictions(c, table, sources)...); len(mistakes) > 0 {
		return Config{}, errors.Join(mistakes...)
	}
	c.fillIn(sources)
	return c, nil
}

// readDatabaseURL reads the file that holds the database's URL.
func (c *Config) readDatabaseURL(sources map[string]string) []error {
	source := sources["DATABASE_URL_FILE"]
	if given := sources["DATABASE_URL"]; given != "" {
		return []error{fmt.Errorf("%s: given together with %s; accepted: one of them", source, given)}
	}
	text, err := readShort(c.DatabaseFile)
	var failed *fs.PathError
	if errors.As(err, &failed) { // which repeats the path: it could be a password in the wrong place
		err = failed.Err
	}
	if err != nil {
		return []error{fmt.Errorf("%s: the file cannot be read: %w; accepted: %s", source, err, file.accepts)}
	}
	if c.DatabaseURL, err = parseDatabase(strings.TrimSpace(string(text))); err != nil {
		return []error{fmt.Errorf("%s: the file holds %w; accepted: a file that holds %s", source, err, database.accepts)}
	}
	return nil
}

// readShort reads the beginning of a file, which holds more than any address.
func readShort(path string) (text []byte, err error) {
	f, err := os.Open(path) //nolint:gosec // the path is the operator's setting
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, 16<<10))
}

// Warnings are what an operator should know about settings that are accepted, a line of the log each.
func (c Config) Warnings() (list []string) {
	host, _, _ := net.SplitHostPort(c.Addr)
	ip, err := netip.ParseAddr(host)
	if c.PublicURL.Scheme == "http" && (host == "" || err == nil && ip.Unmap().IsUnspecified()) {
		list = append(list, "plain http on every interface: tokens and names can be read on the way; put a proxy with https in front and give its address as PUBLIC_URL")
	}
	public := c.PublicURL.Hostname()
	ip, err = netip.ParseAddr(public)
	if here := public == "localhost" || err == nil && ip.Unmap().IsLoopback(); !here && !c.Sandbox && len(c.Organisations) == 0 {
		list = append(list, "everybody with an account at Tallyfy can sign in: name the organisations that may in ORGANISATIONS")
	}
	return list
}

// contradictions returns the mistakes of settings that exclude or require each other.
func contradictions(c Config, table []Setting, sources map[string]string) (mistakes []error) {
	if isPostgres(c.DatabaseURL) && c.SecretFile == "" {
		mistakes = append(mistakes, errors.New("SECRET_FILE (--secret-file): required with PostgreSQL, so that every "+
			"replica seals sessions with the same key; accepted: the path of a file"))
	}
	if source := sources["OAUTH_AUTHORIZE_URL"]; source != "" && sources["OAUTH_CLIENT_ID"] == "" {
		mistakes = append(mistakes, fmt.Errorf("%s: given without a client; accepted: only together with --oauth-client-id (OAUTH_CLIENT_ID)", source))
	} else if source != "" && c.Sandbox {
		mistakes = append(mistakes, fmt.Errorf("%s: given with the sandbox, which signs people in itself; accepted: only without --sandbox", source))
	}
	for _, row := range table {
		if source := sources[row.Variable]; source != "" && !c.Sandbox && strings.HasPrefix(row.Variable, "SANDBOX_") {
			mistakes = append(mistakes, fmt.Errorf("%s: given without the sandbox; accepted: only together with --sandbox (SANDBOX=true)", source))
		}
	}
	return mistakes
}

// fillIn sets the defaults that depend on other settings, which have been checked.
func (c *Config) fillIn(sources map[string]string) {
	if sources["PACE"] == "" && (!c.Sandbox || c.SandboxRate.Reads > 0) {
		c.Pace = ratelimit.Published
	}
	if c.PublicURL == nil {
		c.AnyHost = true
		host, port, _ := net.SplitHostPort(c.Addr)
		if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.Unmap().IsUnspecified() {
			host = "localhost"
		}
		c.PublicURL, _ = parsePublicURL("http://" + net.JoinHostPort(host, port))
	}
	if c.OAuthClientID != "" && !c.Sandbox {
		c.OAuthURL = cmp.Or(c.OAuthURL, tallyfysOAuthURL)
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = "tallyfy-admin.db"
		if c.Sandbox {
			c.DatabaseURL = "memory:"
		}
	}
	if file := sqliteFile(c.DatabaseURL); c.SecretFile == "" && file != "" {
		c.SecretFile = file + ".secret"
	}
}

// commandHelp is the command of a line that asks for help.
const commandHelp = "help"

// readArguments reads flags and the command, in any order. It goes on after a mistake. flags has
// the last text of each flag, by its variable.
func readArguments(args []string, table []Setting) (command string, flags map[string]string, mistakes []error) {
	flags = map[string]string{}
	unknownFlag := false
	for len(args) > 0 {
		word, text, hasText := strings.Cut(args[0], "=")
		flag, isCommand := strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), slices.Contains(commands, args[0])
		i := slices.IndexFunc(table, func(row Setting) bool { return row.Flag == flag })
		switch isFlag := flag != word; {
		case isCommand && command == "":
			command = word
		case isCommand:
			mistakes = append(mistakes, argumentMistake(word, "a second command", "one of "+strings.Join(commands, ", ")))
		case !isFlag && unknownFlag: // most likely the value of that flag
		case !isFlag:
			mistakes = append(mistakes, argumentMistake(args[0], "there is no such command", "one of "+strings.Join(commands, ", ")))
		case flag == "h" || flag == "help":
			return commandHelp, nil, nil
		case i < 0:
			unknownFlag = true
			mistakes = append(mistakes, argumentMistake(word, "there is no such flag", "the flags that --help lists"))
		case hasText:
			flags[table[i].Variable] = text
		case table[i].Value == "":
			flags[table[i].Variable] = "true"
		case len(args) == 1:
			mistakes = append(mistakes, fmt.Errorf("%s: its value is missing", word))
		default:
			flags[table[i].Variable], args = args[1], args[1:]
		}
		args = args[1:]
	}
	return cmp.Or(command, CommandServe), flags, mistakes
}

// harmless matches an argument that a mistake may repeat. Any other could be a misplaced secret.
var harmless = regexp.MustCompile(`^-{0,2}[a-z][a-z-]{0,30}$`)

func argumentMistake(word, what, accepted string) error {
	if !harmless.MatchString(word) {
		word = "an argument"
	}
	return fmt.Errorf("%s: %s; accepted: %s", word, what, accepted)
}
