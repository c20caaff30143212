package rules_test

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// flowOf is the flow that a file of package handlers belongs to: the first two words of its name,
// as member_remove of member_remove_plan.go. A file whose name is one word belongs to the frame,
// which is "".
func flowOf(file string) string {
	words := strings.Split(strings.TrimSuffix(file, ".go"), "_")
	if len(words) == 1 {
		return ""
	}
	return words[0] + "_" + words[1]
}

// A flow file depends on the request, on errors and on packages below, never on another flow. The
// frame depends on no flow either; only routes.go names their handlers.
func TestNoFlowUsesAnother(t *testing.T) {
	const mode = packages.NeedName | packages.NeedImports | packages.NeedExportFile | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: "../.."}, ".")
	require.NoError(t, err)
	require.Len(t, loaded, 1)
	handlers := loaded[0]
	require.Empty(t, handlers.Errors)
	fileAt := func(pos token.Pos) string { return filepath.Base(handlers.Fset.Position(pos).Filename) }

	found := map[string]bool{}
	for name, used := range handlers.TypesInfo.Uses {
		if v, ok := used.(*types.Var); used.Pkg() != handlers.Types || ok && v.IsField() {
			continue
		}
		user, owner := fileAt(name.Pos()), fileAt(used.Pos())
		if owned := flowOf(owner); owned != "" && owned != flowOf(user) && user != "routes.go" {
			found[fmt.Sprintf("%s uses %s of %s", user, used.Name(), owner)] = true
		}
	}
	for _, breach := range slices.Sorted(maps.Keys(found)) {
		assert.Fail(t, breach, "what two flows share belongs to the frame, or to a package below")
	}
}
