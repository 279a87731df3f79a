# Run as administrator. Puts back what enrol.ps1 found, and removes the scheduled task.
$ErrorActionPreference = 'Stop'
$Folder = "$env:ProgramFiles\Second Tuesday"
$file = "$Folder\before.json"
if (-not (Test-Path $file)) { throw "There is no $file : this server was not enrolled by enrol.ps1." }
if (Get-ScheduledTask -TaskName 'Second Tuesday settings' -ErrorAction SilentlyContinue) {
  Stop-ScheduledTask -TaskName 'Second Tuesday settings'
  Unregister-ScheduledTask -TaskName 'Second Tuesday settings' -Confirm:$false
  Write-Output 'removed the scheduled task'
}
$before = Get-Content $file -Raw | ConvertFrom-Json
foreach ($one in @($before.Entries)) {
  $path = "HKLM:\$($one.Key)"
  $item = Get-Item $path -ErrorAction SilentlyContinue
  if ($one.Type) {
    if (-not $item) { New-Item $path -Force | Out-Null }
    New-ItemProperty $path -Name $one.Name -Value $one.Value -PropertyType $one.Type -Force | Out-Null
    Write-Output "put back $($one.Name): $($one.Value)"
  } elseif ($item -and $item.GetValueNames() -contains $one.Name) {
    Remove-ItemProperty $path -Name $one.Name
    Write-Output "removed $($one.Name)"
  }
}
$modes = @{ Auto = 'Automatic'; Manual = 'Manual'; Disabled = 'Disabled' }
Restart-Service -Name wuauserv -ErrorAction SilentlyContinue
if ($modes[$before.StartMode]) { Set-Service -Name wuauserv -StartupType $modes[$before.StartMode] }
Remove-Item $Folder -Recurse -Force
Write-Output 'Opted out. Tell your operator, so that the server is taken off the list too.'
exit 0
