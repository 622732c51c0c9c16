Set-Live
Invoke-Script 'status under another name' $Renamed @{} 1 'take over'
$n = $Tenant.Log.Count
Invoke-Script 'create doubles nothing' $Renamed @{ Create = $true; SecretFile = $Code } 1 'Sigmilter route.*-Adopt'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'adopt' $Renamed @{ Create = $true; Adopt = $true } 0
Assert-That 'all have the new name' (@(@($Tenant.Rules) + @($Tenant.Inbound) + @($Tenant.Outbound) | Where-Object { $_.Name -notlike 'Müller’s mail*' }).Count -eq 0)
Assert-That 'there is one routing rule, and it is on' (@($Tenant.Rules | Where-Object { $_.Name -like '* route' -and $_.State -eq 'Enabled' }).Count -eq 1 -and $Tenant.Rules.Count -eq 9)
Invoke-Script 'status' $Renamed @{} 0
Invoke-Script 'the old script' $Script @{ Create = $true; SecretFile = $Code } 1
$n = $Tenant.Log.Count
Invoke-Script 'the old script removes nothing of another key' $Script @{ Remove = $true } 1 'another key'
Invoke-Script 'nor switches it off' $Script @{ Pause = $true } 1
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)

# Another table of the same configuration is never ours, and keeps its rule.
Set-Live
$second = Edit-Script @{ "Tenant = 'contoso'; OtherKeys = @()" = "Tenant = 'second'; OtherKeys = @('contoso')"; "Name = 'Sigmilter'; Inbound = 'Sigmilter in'; Outbound = 'Sigmilter out'" = "Name = 'Two'; Inbound = 'Two in'; Outbound = 'Two out'" }
$n = $Tenant.Log.Count
Invoke-Script 'the second table sees nothing of its own' $second @{} 1 '"Two in": missing'
Invoke-Script 'and removes nothing' $second @{ Remove = $true } 0 'nothing to remove'
Invoke-Script 'nor takes over' $second @{ Create = $true; Adopt = $true; SecretFile = $Code } 1 'Sigmilter in.*as well'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)

# What an older script left after a change of the name: both sets, the old rule live.
function Copy-Set {
    Set-Live
    $copies = foreach ($o in $Tenant.Rules) { $c = $o.PSObject.Copy(); $c.Name = $c.Name -replace '^Sigmilter', 'Other'; $c }
    foreach ($c in $copies) { if ($c.Name -eq 'Other route') { $c.State = 'Disabled'; $c.RouteMessageOutboundConnector = 'Other out' } }
    $Tenant.Rules = @($copies) + @($Tenant.Rules)
    for ($i = 0; $i -lt $Tenant.Rules.Count; $i++) { $Tenant.Rules[$i].Priority = $i; $Tenant.Rules[$i].Comments = $Tenant.Rules[$i].Comments -replace ' \[.*' }
    foreach ($kind in 'Inbound', 'Outbound') {
        $c = $Tenant[$kind][0].PSObject.Copy(); $c.Name = $c.Name -replace '^Sigmilter', 'Other'; $Tenant[$kind] += $c
        foreach ($o in $Tenant[$kind]) { $o.Comment = $o.Comment -replace ' \[.*' }
    }
}
$other = Edit-Script @{ "Name = 'Sigmilter'; Inbound = 'Sigmilter in'; Outbound = 'Sigmilter out'" = "Name = 'Other'; Inbound = 'Other in'; Outbound = 'Other out'" }
Copy-Set
Invoke-Script 'both sets are told' $other @{} 1 '(?s)"Sigmilter out": is on.*"Other out": is on.*there twice'
Invoke-Script 'adopt' $other @{ Create = $true; Adopt = $true } 0
Assert-That 'one of each is left' ($Tenant.Rules.Count -eq 9 -and $Tenant.Inbound.Count -eq 1 -and $Tenant.Outbound.Count -eq 1)
Assert-That 'the rule is on, and routes to the connector that is left' ((Find-Rule 'Other route').State -eq 'Enabled' -and (Find-Rule 'Other route').RouteMessageOutboundConnector -eq 'Other out')
Invoke-Script 'status' $other @{} 0
Copy-Set
Invoke-Script 'pause switches both off' $other @{ Pause = $true } 0
Assert-That 'none is on' (@($Tenant.Rules | Where-Object { $_.State -eq 'Enabled' }).Count -eq 0)

# A live rule that would change in more than its name.
Set-Live
$guard = Edit-Script @{ "Name = 'Sigmilter'; Inbound = 'Sigmilter in'; Outbound = 'Sigmilter out'" = "Name = 'Other'; Inbound = 'Other in'; Outbound = 'Other out'"; "GuardField = 'X-Sigmilter-Handled'" = "GuardField = 'X-New'" }
$n = $Tenant.Log.Count
Invoke-Script 'adopt alone stops' $guard @{ Create = $true; Adopt = $true } 1 'more than its name'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'with -Live it goes on' $guard @{ Create = $true; Adopt = $true; Live = $true } 0

Reset-Tenant
$null = New-InboundConnector -Name 'Sigmilter in' -Comment 'made by hand'
Invoke-Script 'what is not ours' $Script @{ Create = $true; SecretFile = $Code } 1 'was not made by this script'
