package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// arguments is what stood on the command line.
type arguments struct {
	command  string
	flags    map[string]string // variable → text of its flag; the last one wins
	help     bool
	mistakes []error
}

// flagValue writes a flag's text down: what it means is decided together with the environment's.
type flagValue struct {
	setting Setting
	into    map[string]string
}

func (v flagValue) String() string        { return "" }
func (v flagValue) Set(text string) error { v.into[v.setting.Variable] = text; return nil }
func (v flagValue) IsBoolFlag() bool      { return v.setting.Value == "" }

// harmless is what an argument must look like to be repeated in a mistake: anything else could be a misplaced secret.
var harmless = regexp.MustCompile(`^-{0,2}[a-z][a-z-]{0,30}$`)

// readArguments reads flags and the command, in any order, and does not stop at a mistake.
func readArguments(args []string, table []Setting) arguments {
	line := arguments{command: CommandServe, flags: map[string]string{}}
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, row := range table {
		set.Var(flagValue{row, line.flags}, row.Flag, row.Help)
	}
	named, unknownFlag := false, false
	for rest := args; len(rest) > 0; {
		before := rest
		err := set.Parse(rest)
		rest = set.Args()
		switch {
		case errors.Is(err, flag.ErrHelp):
			return arguments{help: true}
		case err != nil:
			// The flag package steps over the argument that it refuses, unless its form is no flag's at all.
			var wrong string
			if strings.HasPrefix(err.Error(), "bad flag syntax") {
				wrong, rest = rest[0], rest[1:]
			} else {
				wrong = before[len(before)-len(rest)-1]
			}
			line.mistakes = append(line.mistakes, flagMistake(wrong, set))
			unknownFlag = true
		case len(rest) > 0:
			word := rest[0]
			rest = rest[1:]
			switch known := slices.Contains(commands, word); {
			case known && !named:
				line.command, named = word, true
			case !known && unknownFlag:
				// Most likely the value of that flag: one mistake is enough.
			default:
				line.mistakes = append(line.mistakes, commandMistake(word, named))
			}
		}
	}
	return line
}

func flagMistake(argument string, set *flag.FlagSet) error {
	name, _, _ := strings.Cut(argument, "=")
	if set.Lookup(strings.TrimLeft(name, "-")) != nil {
		return fmt.Errorf("%s: its value is missing", name)
	}
	if !harmless.MatchString(name) {
		return errors.New("an argument looks like a flag but is none; accepted: the flags that --help lists")
	}
	return fmt.Errorf("%s: there is no such flag; accepted: the flags that --help lists", name)
}

func commandMistake(word string, named bool) error {
	accepted := "one of " + strings.Join(commands, ", ")
	switch {
	case !harmless.MatchString(word):
		return fmt.Errorf("an argument is neither a flag nor a command; accepted: %s", accepted)
	case named:
		return fmt.Errorf("%s: a second command; accepted: %s", word, accepted)
	}
	return fmt.Errorf("%s: there is no such command; accepted: %s", word, accepted)
}
