# Calls that cannot be meant, in one line each.
Reset-Tenant
foreach ($call in @(@{ Drained = $true }, '-Drained goes with -Remove'), @(@{ Create = $true; Remove = $true }, 'one of -Create, -Remove'), @(@{ SecretFile = '' }, '-SecretFile is empty'),
    @(@{ Pause = $true; SecretFile = 'x' }, '-SecretFile goes with -Create or -Status'), @(@{ Create = $true; PilotGroup = 'x'; Everyone = $true }, 'not both'),
    @(@{ AppId = 'x'; Organization = 'y' }, 'as an application'), @(@{ CertificateFile = 'x' }, '-AppId ID'), @(@{ Create = $true }, 'Give -SecretFile')) {
    Invoke-Script "a call with -$($call[0].Keys)" $Script $call[0] 1 "^stop: [^\n]*$($call[1])[^\n]*$"
}
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq 0)

# In a session: the exit status of the last run, and no session of somebody else is closed.
$global:LASTEXITCODE = 1
$null = & $Script -Connected -Create -SecretFile $Code *>&1
Assert-That 'a good run takes back the exit status of a bad one' ($LASTEXITCODE -eq 0)
Assert-That 'no session is closed' ($Tenant.Sessions.Count -eq 1)
$null = & $Script *>&1
Assert-That 'nor is that of somebody else, when our own is' ("$($Tenant.Sessions)" -eq 'of-somebody-else')

# A call with a dot leaves nothing behind, also within a function.
function Invoke-Dotted { . $Script -Connected -Create -SecretFile $Code }
Reset-Tenant
$null = Invoke-Dotted
Assert-That 'it made everything' ($Tenant.Rules.Count -eq 9)
$ErrorActionPreference = 'Continue'
. $Script -Connected -Create -SecretFile $Code | Out-Null
Assert-That 'no preference is left' ($ErrorActionPreference -eq 'Continue')
Assert-That 'nor a function' (-not (Get-Command Invoke-Service -ErrorAction SilentlyContinue))
Assert-That 'nor the code' (-not @(Get-Variable | Where-Object { "$($_.Value)" -like 'wQ7s*' }))

# What comes after a refused run.
Reset-Tenant
$Tenant.Refuse['New-OutboundConnector'] = "Words`r`nof the service."
Invoke-Script 'refused' $Script @{ Create = $true; SecretFile = $Code } 1 'Words of the service\.(?s).*run the same again'
foreach ($words in @('No such host is known.', 'port 443'), @('The specified network password is not correct.', 'CertificatePasswordFile'), @('You don''t have sufficient permissions.', 'Exchange Administrator'),
    @('The role assigned to application x isn''t supported in this scenario.', 'Exchange Administrator'), @('Server is full, "network" of forbidden@contoso.com.', 'contoso.com\.$')) {
    $Tenant.Refuse['Get-AcceptedDomain'] = $words[0]
    Invoke-Script "the service says $($words[0])" $Script @{} 1 $words[1]
}
