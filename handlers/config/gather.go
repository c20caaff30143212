package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caarlos0/env/v11"
)

// given holds the texts that the person who starts the program gave, flags before variables.
type given struct {
	table   []Setting
	texts   map[string]string // variable → text; absent: not given
	sources map[string]string // variable → "--public-url" or "PUBLIC_URL", whichever the text came from
}

func gather(table []Setting, flags map[string]string, lookupEnv func(string) (string, bool)) given {
	g := given{table: table, texts: map[string]string{}, sources: map[string]string{}}
	for _, row := range table {
		source := "--" + row.Flag
		value, ok := flags[row.Variable]
		if !ok {
			source = row.Variable
			value, _ = lookupEnv(row.Variable)
		}
		if value = strings.TrimSpace(value); value != "" {
			g.texts[row.Variable], g.sources[row.Variable] = value, source
		}
	}
	return g
}

// parse turns the texts into values and reports all that cannot be read.
func (g given) parse() (settings, []error) {
	var values settings
	err := env.ParseWithOptions(&values, env.Options{Environment: g.texts})
	if err == nil {
		return values, nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return values, []error{err}
	}
	mistakes := make([]error, 0, len(all.Errors))
	for _, err := range all.Errors {
		mistakes = append(mistakes, g.mistake(err))
	}
	return values, mistakes
}

// mistake puts the library's error in our words: it speaks of struct fields, which nobody but a programmer knows.
func (g given) mistake(err error) error {
	var wrong env.ParseError
	if errors.As(err, &wrong) {
		for _, row := range g.table {
			if row.field == wrong.Name {
				return fmt.Errorf("%s: %w; accepted: %s", g.sources[row.Variable], wrong.Err, row.Accepts)
			}
		}
	}
	return err
}

// contradictions reports settings that do not go together.
func (g given) contradictions(values settings) []error {
	var mistakes []error
	if values.DatabaseURL.isPostgres() && values.SecretFile == "" {
		mistakes = append(mistakes, errors.New("SECRET_FILE (--secret-file): required with PostgreSQL, so that every "+
			"replica seals sessions with the same key; accepted: the path of a file"))
	}
	if source, ok := g.sources["OAUTH_AUTHORIZE_URL"]; ok && values.OAuthClientID == "" && g.texts["OAUTH_CLIENT_ID"] == "" {
		mistakes = append(mistakes, fmt.Errorf("%s: given without a client; accepted: only together with --oauth-client-id (OAUTH_CLIENT_ID)", source))
	} else if ok && bool(values.Sandbox) {
		mistakes = append(mistakes, fmt.Errorf("%s: given with the sandbox, which signs people in itself; accepted: only without --sandbox", source))
	}
	sandbox, ok := g.texts["SANDBOX"]
	unreadable := ok && new(toggle).UnmarshalText([]byte(sandbox)) != nil // reported already, and most likely meant as yes
	if bool(values.Sandbox) || unreadable {
		return mistakes
	}
	for _, row := range g.table {
		if source, ok := g.sources[row.Variable]; ok && strings.HasPrefix(row.Variable, "SANDBOX_") {
			mistakes = append(mistakes, fmt.Errorf("%s: given without the sandbox; accepted: only together with --sandbox (SANDBOX=true)", source))
		}
	}
	return mistakes
}
