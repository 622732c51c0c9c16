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
Invoke-Script 'the old script removes what is ours' $Script @{ Remove = $true } 0
Assert-That 'the rule is gone' ($Tenant.Rules.Count -eq 8)

Reset-Tenant
$null = New-InboundConnector -Name 'Sigmilter in' -Comment 'made by hand'
Invoke-Script 'what is not ours' $Script @{ Create = $true; SecretFile = $Code } 1 'was not made by this script'
