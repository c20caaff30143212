package bulk_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

func TestWhomALineMeans(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	payroll := func(w *bulk.Wish) { w.Groups = []tallyfy.ID{tallyfy.ID(d.group("Payroll").ID)} }
	p := d.plan(bulk.AddToGroups, "noor.vandermeer@example.com\nCHIARA.dangelo@EXAMPLE.com\nvan der Meer, Noor\nAnna Kowalska\n20604\nchiara.dangelo@exmple.com\nsomebody@else.example\n"+
		"bram@tyres.example.com\ngareth.pugh@example.com\nLena Fischbacher\nassistant.bot@example.com", payroll)
	assert.Equal(t, []string{
		"Noor van der Meer, Payroll: waiting not in it → in it The open tasks of Payroll could not be counted. If there are any, the new guests can work on them.",
		"Chiara D'Angelo, Payroll: nothing to do Is in the group already.",
		"Noor van der Meer, Payroll: nothing to do The same as line 1.",
		"Anna Kowalska, Payroll: can't Several are called “Anna Kowalska”: anna.kowalska@example.com and a.kowalska@example.com. Give the address.",
		"Anna Kowalska, Payroll: waiting not in it → in it",
		"chiara.dangelo@exmple.com, Payroll: can't Nobody here has the address “chiara.dangelo@exmple.com”. Similar: chiara.dangelo@example.com.",
		"somebody@else.example, Payroll: can't Nobody here has the address “somebody@else.example”.",
		"bram@tyres.example.com, Payroll: waiting not in it → in it",
		"Gareth Pugh, Payroll: can't Is deactivated.",
		"Lena Fischbacher, Payroll: can't Has not accepted the invitation yet.",
		"Aldermoor Assistant, Payroll: can't A bot can't be added.",
	}, read(p.Rows))

	p = d.plan(bulk.AddToGroups, "Id,Email,Name\n20565,noor.vandermeer@example.com,\n20565,,x\n404,,\n404,noor.vandermeer@example.com,\n20565,bram@tyres.example.com,\n,,Tomás Herrera\n,,\"Herrera, Tomas\"\n", payroll)
	assert.Equal(t, []string{
		"noor.vandermeer@example.com 20565, Payroll: can't The id is that of Chiara D'Angelo, the address is not.",
		"Chiara D'Angelo, Payroll: nothing to do Is in the group already.",
		"404, Payroll: can't Nobody here has the id “404”.",
		"noor.vandermeer@example.com 404, Payroll: can't The address is that of Noor van der Meer, the id is not.",
		"bram@tyres.example.com, Payroll: waiting not in it → in it The open tasks of Payroll could not be counted. If there are any, the new guests can work on them.",
		"Tomás Herrera, Payroll: waiting not in it → in it",
		"Tomás Herrera, Payroll: nothing to do The same as line 7.",
	}, read(p.Rows))
}

// Rows of one group are one write, in the order in which the groups are first named.
func TestGroupsThatLinesName(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.AddToGroups, "Email,Groups\nnoor.vandermeer@example.com,Legal; finance\nkwame.asante@example.com,Nope | Legal\nkwame.asante@example.com,\n")
	assert.Equal(t, []string{
		"Noor van der Meer, Legal: waiting not in it → in it",
		"Noor van der Meer, Finance: waiting not in it → in it",
		"Kwame Asante: can't There is no group “Nope”.",
		"Kwame Asante, Legal: waiting not in it → in it",
		"Kwame Asante: can't No group is named.",
	}, read(p.Rows))
	assert.Equal(t, []int{1, 2, 0, 1, 0}, []int{p.Rows[0].Step, p.Rows[1].Step, p.Rows[2].Step, p.Rows[3].Step, p.Rows[4].Step})
	assert.Equal(t, 3, p.Count(bulk.Waiting))

	p = d.plan(bulk.RemoveFromGroups, "Email,Groups\nnoor.vandermeer@example.com,Legal\n20539,Payroll\nchiara.dangelo@example.com,Payroll\nmehmet@broker.example.com,Customs and Compliance\n")
	assert.Equal(t, []string{
		"Noor van der Meer, Legal: nothing to do Is not in the group.",
		"Tomás Herrera, Payroll: nothing to do Is not in the group.",
		"Chiara D'Angelo, Payroll: waiting in it → not in it Nobody is left in Payroll: work that is assigned to the group reaches no one then.",
		"mehmet@broker.example.com, Customs and Compliance: waiting in it → not in it",
	}, read(p.Rows))
}

// Each removal is looked at as if those above it had been carried out.
func TestRemovals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.RemoveMembers, "Person,Successor\ningrid.solheim@example.com,maren.dahl@example.com\nmaren.dahl@example.com,nobody\nkwame.asante@example.com,viktor.ionescu@example.com\n"+
		"viktor.ionescu@example.com,Maren Dahl\ngareth.pugh@example.com,nobody\nTomás Herrera,nobody\nnoor.vandermeer@example.com,\nchiara.dangelo@example.com,chiara.dangelo@example.com\n"+
		"zoe.lindqvist@example.com,Lena Fischbacher\nyuki.tanabe@example.com,nobody\nyuki.tanabe@example.com,maren.dahl@example.com\nsamuel.okafor@example.com,nobody\nsamuel.okafor@example.com,nobody\n")
	assert.Equal(t, []string{
		"Ingrid Solheim: can't Ingrid Solheim is the default administrator. Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page.",
		"Maren Dahl: can't This is your own account. You can't remove yourself. Ask another administrator.",
		"Kwame Asante: can't Viktor Ionescu is to be removed, too, and can't take over.",
		"Viktor Ionescu: waiting active → removed, the work goes to Maren Dahl",
		"Gareth Pugh: nothing to do Gareth Pugh is already disabled.",
		"Tomás Herrera: waiting active → removed, the work stays in their name",
		"Noor van der Meer: can't It is not said who takes over the work. Choose somebody for all, or give a column “successor”.",
		"Chiara D'Angelo: can't Nobody can take over from themselves.",
		"Zoë Lindqvist: can't Lena Fischbacher can't take over: only active members can, and no bots.",
		"Yuki Tanabe: can't Line 12 says something else.",
		"Yuki Tanabe: can't Line 11 says something else.",
		"Samuel Okafor: waiting active → removed, the work stays in their name",
		"Samuel Okafor: nothing to do The same as line 13.",
	}, read(p.Rows))

	board := d.group("Facilities").Members
	lines := strconv.Itoa(board[0]) + "\n" + strconv.Itoa(board[1])
	all := read(d.plan(bulk.RemoveMembers, lines, func(w *bulk.Wish) { w.To = removal.LeaveWork }).Rows)
	require.Len(t, all, 2)
	assert.Contains(t, all[0], "Left in Facilities: one active member: ")
	assert.Contains(t, all[1], "Left in Facilities: no members, only guests.")
}

func TestNewGroups(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	p := d.plan(bulk.CreateGroups, "Name;Description;Members;Guests\nDepot;Of the depot.;noor.vandermeer@example.com, Chiara D'Angelo;bram@tyres.example.com\nDEPOT;Twice;;\nPayroll;x;;\n;x;;\nYard;;;\n"+
		"Gate;x;gareth.pugh@example.com;\nQuay;x;12;\nPier;x;bram@tyres.example.com;\nDock;x;;nobody@x.example\n")
	assert.Equal(t, []string{
		"Depot: waiting no group → a group with 2 members and 1 guest", "DEPOT: can't Line 2 makes a group of that name.", "Payroll: can't There is a group of that name already.",
		"Line 5: can't The group needs a name.", "Yard: can't Enter a description. Tallyfy requires one.", "Gate: can't Gareth Pugh: is deactivated.", "Quay: can't Nobody here is called “12”.",
		"Pier: can't “bram@tyres.example.com” is a guest, not a member.", "Dock: can't Nobody here has the address “nobody@x.example”.",
	}, read(p.Rows))
}
