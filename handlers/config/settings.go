package config

import (
	"net/url"
	"reflect"
	"strings"
	"time"

	"tallyfy-admin/handlers/ratelimit"
)

// settings is the table that everything is derived from. The tags of a field:
//
//	env        the variable; the flag is the same name in lower case with dashes
//	envDefault the default, if it is a fixed value
//	default    words for the default, if it depends on something else
//	value      what stands for the value in the usage text; none for a switch
//	accepts    completes "accepted: …" in a mistake
//	help       one sentence for the usage text
type settings struct {
	Addr           address   `env:"ADDR" envDefault:"127.0.0.1:8080" value:"HOST:PORT" accepts:"host:port such as 127.0.0.1:8080, or :8080 for every interface" help:"Address to listen on."`
	PublicURL      baseURL   `env:"PUBLIC_URL" default:"http:// and the address" value:"URL" accepts:"an http or https URL without user, query or fragment, such as https://tools.example.com/tallyfy" help:"Where browsers reach the dashboard; may have a sub-path."`
	APIURL         baseURL   `env:"API_URL" envDefault:"https://go.tallyfy.com/api" value:"URL" accepts:"an http or https URL without user, query or fragment, such as https://go.tallyfy.com/api" help:"Base of the Tallyfy API."`
	DatabaseURL    database  `env:"DATABASE_URL" default:"tallyfy-admin.db; memory: in the sandbox" value:"URL" accepts:"a file such as tallyfy-admin.db, sqlite:///path, memory: or postgres://user:password@host/name" help:"Database for sessions: an SQLite file, PostgreSQL, or memory:."`
	SecretFile     text      `env:"SECRET_FILE" default:"the SQLite file with .secret added" value:"FILE" accepts:"the path of a file" help:"File with the secrets that seal what is stored, one a line; required with PostgreSQL."`
	TrustedProxies proxyList `env:"TRUSTED_PROXIES" default:"none" value:"LIST" accepts:"addresses or networks separated by commas, such as 10.0.0.0/8,192.0.2.1" help:"Proxies whose X-Forwarded-For is believed."`
	OAuthClientID  clientID  `env:"OAUTH_CLIENT_ID" default:"none: personal access tokens only" value:"ID" accepts:"the id that Tallyfy gave, of letters, digits and -._~" help:"Client id for signing in with Tallyfy (OAuth)."`
	OAuthURL       baseURL   `env:"OAUTH_AUTHORIZE_URL" default:"https://account.tallyfy.com/oauth/authorize" value:"URL" accepts:"an http or https URL without user, query or fragment, such as https://account.tallyfy.com/oauth/authorize" help:"Where Tallyfy asks who somebody is."`
	Pace           rate      `env:"PACE" default:"12/5s, as Tallyfy publishes; off in a sandbox without SANDBOX_RATE" value:"RATE" accepts:"reads in a time, such as 12/5s, or off" help:"Most reads of Tallyfy by this process in any such time."`
	MetricsAddr    address   `env:"METRICS_ADDR" default:"nowhere" value:"HOST:PORT" accepts:"host:port such as 127.0.0.1:9090" help:"Address where Prometheus reads /metrics."`
	ShutdownDelay  shortTime `env:"SHUTDOWN_DELAY" envDefault:"0s" value:"DURATION" accepts:"a duration from 0s to 1m, such as 5s" help:"Time between not being ready and taking no more requests, when told to stop."`
	LogLevel       logLevel  `env:"LOG_LEVEL" envDefault:"info" value:"LEVEL" accepts:"debug, info, warn or error" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat      logFormat `env:"LOG_FORMAT" envDefault:"auto" value:"FORMAT" accepts:"auto, text or json" help:"auto (text on a terminal, else JSON), text or json."`
	Sandbox        toggle    `env:"SANDBOX" envDefault:"false" accepts:"true or false" help:"Serve a made-up organisation; no Tallyfy account is needed."`
	SandboxGroups  count     `env:"SANDBOX_GROUPS" default:"those of the seed" value:"N" accepts:"a whole number from 0 (those of the seed) to 100000" help:"Number of groups in the sandbox."`
	SandboxMembers count     `env:"SANDBOX_MEMBERS" default:"those of the seed" value:"N" accepts:"a whole number from 0 (those of the seed) to 100000" help:"Number of members in the sandbox."`
	SandboxLatency shortTime `env:"SANDBOX_LATENCY" envDefault:"0s" value:"DURATION" accepts:"a duration from 0s to 1m, such as 150ms" help:"Time added to each answer of the sandbox."`
	SandboxRate    rate      `env:"SANDBOX_RATE" envDefault:"off" value:"RATE" accepts:"reads in a time, such as 12/5s, or off" help:"Most reads that the sandbox answers in any such time; more get 429."`
	SandboxListen  address   `env:"SANDBOX_LISTEN" default:"nowhere" value:"HOST:PORT" accepts:"host:port such as 127.0.0.1:8081" help:"Address where the sandbox also serves its API, under /api."`
}

// Setting is one row of the table.
type Setting struct {
	Flag     string // "public-url", without dashes
	Variable string // "PUBLIC_URL"
	Value    string // "URL"; empty for a switch, which needs no value
	Default  string // the value, or words for it
	Accepts  string // "an http or https URL …"
	Help     string // a sentence

	field string // of settings
}

// Settings returns the table of settings in the order of the usage text.
func Settings() []Setting {
	rows := make([]Setting, 0, reflect.TypeFor[settings]().NumField())
	for field := range reflect.TypeFor[settings]().Fields() {
		variable := field.Tag.Get("env")
		row := Setting{
			Flag:     strings.ReplaceAll(strings.ToLower(variable), "_", "-"),
			Variable: variable,
			Value:    field.Tag.Get("value"),
			Default:  field.Tag.Get("envDefault"),
			Accepts:  field.Tag.Get("accepts"),
			Help:     field.Tag.Get("help"),
			field:    field.Name,
		}
		if words := field.Tag.Get("default"); words != "" {
			row.Default = words
		}
		rows = append(rows, row)
	}
	return rows
}

// config carries the values over and fills in the defaults that depend on another setting. The values have been checked.
func (s settings) config() Config {
	cfg := Config{
		Addr:           string(s.Addr),
		APIURL:         string(s.APIURL),
		DatabaseURL:    Secret(s.DatabaseURL),
		SecretFile:     string(s.SecretFile),
		TrustedProxies: s.TrustedProxies,
		OAuthClientID:  string(s.OAuthClientID),
		OAuthURL:       string(s.OAuthURL),
		Pace:           s.Pace.Rate,
		SandboxRate:    s.SandboxRate.Rate,
		MetricsAddr:    string(s.MetricsAddr),
		ShutdownDelay:  time.Duration(s.ShutdownDelay),
		LogLevel:       s.LogLevel.level(),
		LogFormat:      string(s.LogFormat),
		Sandbox:        bool(s.Sandbox),
		SandboxGroups:  int(s.SandboxGroups),
		SandboxMembers: int(s.SandboxMembers),
		SandboxLatency: time.Duration(s.SandboxLatency),
		SandboxListen:  string(s.SandboxListen),
	}
	if !s.Pace.given && (!cfg.Sandbox || cfg.SandboxRate.Reads > 0) {
		cfg.Pace = ratelimit.Published
	}
	public := s.PublicURL
	if public == "" {
		public = s.Addr.url()
	}
	cfg.PublicURL, _ = url.Parse(string(public))
	if cfg.OAuthClientID != "" && cfg.OAuthURL == "" && !cfg.Sandbox {
		cfg.OAuthURL = "https://account.tallyfy.com/oauth/authorize"
	}
	if cfg.DatabaseURL == "" {
		cfg.DatabaseURL = "tallyfy-admin.db"
		if cfg.Sandbox {
			cfg.DatabaseURL = "memory:"
		}
	}
	if file := database(cfg.DatabaseURL).file(); cfg.SecretFile == "" && file != "" {
		cfg.SecretFile = file + ".secret"
	}
	return cfg
}
