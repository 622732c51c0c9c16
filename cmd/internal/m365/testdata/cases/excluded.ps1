Set-Live
function Show-Excepted { return (@((Find-Rule 'Sigmilter route').ExceptIfSentTo) -join ' ') }
$except = Edit-Script @{ 'Except = @()' = "Except = @('desk@contoso.com', 'vip@contoso.com')" }
Invoke-Script 'addresses of the configuration, and what must not travel' $except @{ Create = $true; Exclude = $true; Live = $true } 0
Assert-That 'all are left out' ((Show-Excepted) -eq 'closed@contoso.com desk@contoso.com room@contoso.com vip@contoso.com')
Invoke-Script 'status asks for no more' $except @{} 0 'as wanted'
(Find-Rule 'Sigmilter route').ExceptIfSentTo += 'by-hand@contoso.com'
$Tenant.People = @($Tenant.People | Where-Object { $_.Name -ne 'room' })
($Tenant.People | Where-Object { $_.Name -eq 'closed' }).RequireSenderAuthenticationEnabled = $false
$Tenant.People += [pscustomobject]@{ Name = 'dyn'; Alias = 'dyn'; PrimarySmtpAddress = 'dyn@contoso.com'; RecipientTypeDetails = 'DynamicDistributionGroup'; ModerationEnabled = $true }
$less = Edit-Script @{ 'Except = @()' = "Except = @('vip@contoso.com')" }
Invoke-Script 'a room deleted, a group opened, another made, an address taken out' $less @{} 1 'ExceptIfSentTo'
Invoke-Script 'mended' $less @{ Create = $true; Live = $true } 0
Assert-That 'only what an admin added stays' ((Show-Excepted) -eq 'by-hand@contoso.com dyn@contoso.com vip@contoso.com')
Invoke-Script 'nothing of it in the configuration' $Script @{ Create = $true; Live = $true } 0
Assert-That 'the rest stays' ((Show-Excepted) -eq 'by-hand@contoso.com dyn@contoso.com')

# More than fit into a rule.
$Tenant.People += 1..400 | ForEach-Object { [pscustomobject]@{ Name = "room$_"; Alias = "room$_"; PrimarySmtpAddress = "room$_@contoso.com"; RecipientTypeDetails = 'RoomMailbox' } }
$n = $Tenant.Log.Count
Invoke-Script 'too many' $Script @{ Create = $true; Live = $true } 1 "New-DistributionGroup.*'room400@contoso.com'.*Add-DistributionGroupMember"
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)

# By a group.
Set-Live
$Tenant.Members['leftout@contoso.com'] = @('room@contoso.com', 'extra@contoso.com')
$group = Edit-Script @{ "ExceptGroup = ''" = "ExceptGroup = 'leftout@contoso.com'" }
Invoke-Script 'a member lacks' $group @{ Create = $true; Exclude = $true; Live = $true } 1 "'closed@contoso.com' \| ForEach-Object { Add-"
Assert-That 'the rule names the group' ("$((Find-Rule 'Sigmilter route').ExceptIfSentToMemberOf)" -eq 'leftout@contoso.com')
Invoke-Script 'status tells it too, and who is there for nothing' $group @{} 1 "'extra@contoso.com' \| ForEach-Object { Remove-"
$Tenant.Members['leftout@contoso.com'] = @('room@contoso.com', 'closed@contoso.com')
Invoke-Script 'all are members' $group @{} 0
$none = Edit-Script @{ "ExceptGroup = ''" = "ExceptGroup = 'nobody@contoso.com'" }
Invoke-Script 'no such group' $none @{ Create = $true; Live = $true } 1 'except_group: "nobody@contoso.com" is not there'
